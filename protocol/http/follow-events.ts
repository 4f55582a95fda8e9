/** Follows a job's events for as long as it is wanted: comes again when the stream ends or breaks, after the last one that came. docs/api.md */
import { TributaryError } from '#crypto/error.ts';
import { jobEvent, type JobEvent } from '../job-events.ts';
import { streamParts } from './event-messages.ts';
import { pause } from './pause.ts';
import { retryAfterOf } from './retry-after.ts';
import { statusOf } from './statuses.ts';

export type EventOptions = Readonly<{
  /** The id of the last event that you have; without it the stream begins with `read-again`. */
  after?: string;
  /** Ends it. */
  signal?: AbortSignal;
  /** Told when bytes begin to come, and when a connection ended or did not come about. */
  connected?: (up: boolean) => void;
}>;

/** One connection: a stream's bytes, after an event. */
export type Connect = (after: string | null, signal: AbortSignal | undefined) => AsyncIterable<Uint8Array>;

const FIRST_MILLIS = 500;
const LONGEST_MILLIS = 60_000;
/** What a stream may ask for by `retry`. */
const LONGEST_RETRY_MILLIS = 30_000;

/**
 * Each event once, in order. It ends when the signal aborts.
 *
 * @param waiting between two connections
 * @throws TributaryError a refusal that waiting does not mend, as `job/unknown`
 */
export async function* followEvents(
  connect: Connect,
  { after, signal, connected = () => undefined }: EventOptions,
  waiting = pause,
): AsyncGenerator<JobEvent, void, undefined> {
  let last = after ?? null;
  let retry = 0;
  let wait = FIRST_MILLIS;
  const isEnded = (): boolean => signal?.aborted ?? false;
  while (!isEnded()) {
    let asked = 0;
    let up = false;
    try {
      for await (const part of streamParts(connect(last, signal))) {
        if (!up) connected((up = true));
        if (part.kind === 'retry') retry = Math.min(part.millis, LONGEST_RETRY_MILLIS);
        if (part.kind !== 'message') continue;
        wait = FIRST_MILLIS;
        const event = admitted(part.data);
        if (event) yield event;
        last = part.id ?? last;
      }
    } catch (error) {
      if (isEnded()) return;
      if (!passes(error)) throw error;
      asked = Math.min((retryAfterOf(error) ?? 0) * 1_000, LONGEST_MILLIS);
    } finally {
      connected(false);
    }
    await waiting(jittered(Math.max(retry, wait, asked)), signal);
    wait = Math.min(2 * wait, LONGEST_MILLIS);
  }
}

/** A type that this version does not know is passed over. @throws TributaryError `coordinator/bad-answer` */
function admitted(data: string): JobEvent | null {
  const value = parsed(data);
  const event = jobEvent.safeParse(value);
  if (event.success) return event.data;
  if (isOther(value)) return null;
  throw new TributaryError('coordinator/bad-answer', 'an event came that the protocol does not allow');
}

function parsed(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    return undefined;
  }
}

const known: ReadonlySet<unknown> = new Set(jobEvent.options.map(({ shape }) => shape.type.value));

const isOther = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  'type' in value &&
  typeof value.type === 'string' &&
  !known.has(value.type);

/** Whether it may go by itself: no connection, too many of them, or a proxy that answers for a coordinator that is away. */
function passes(error: unknown): boolean {
  if (!(error instanceof TributaryError)) return false;
  const away = error.code === 'coordinator/unreachable' || error.code === 'coordinator/bad-answer';
  return away || statusOf(error.code) === 429 || statusOf(error.code) >= 500;
}

/** All who lost the same coordinator come back apart. */
const jittered = (millis: number): number => millis * (1 + Math.random() / 4);
