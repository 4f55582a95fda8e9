/** A job's events as they cross HTTP: hints of what to read again, never facts to act on. docs/api.md */
import { z } from 'zod';
import { attemptId } from './messages.ts';
import { bytes32, seconds, u32, words } from './units.ts';

/** `STREAM-NUMBER`: numbers of a stream grow by one; a job whose records were made anew has another stream. */
const EVENT_ID = /^([0-9a-f]{12})-(\d{1,15})$/;
/** A longer one is cut: events say where to look, not all that there is. */
const MOST_WORDS = 500;

const common = {
  id: z
    .string()
    .regex(EVENT_ID, "expected an event's id")
    .describe('For `Last-Event-ID`. Of one job the numbers at its end grow by one.'),
  ...attemptId,
  at: seconds.describe('When it was written.'),
};
const revision = z
  .int()
  .min(0)
  .describe('Of the attempt as it is then: `GET …/attempts/{attempt}` shows it.');
const reason = words.max(MOST_WORDS).describe('For people.');
const transaction = bytes32.describe('That settled the round.');

const kinds = [
  /** An attempt is in another phase, the first being `announced`. */
  z.object({
    type: z.literal('phase'),
    ...common,
    phase: words.max(40).describe('As `phase` of an attempt.'),
    revision,
    deadline: seconds.describe('When the phase ends at the latest.'),
  }),
  /** Within its phase an attempt shows something else: a later deadline, a message that others wait for. */
  z.object({ type: z.literal('changed'), ...common, revision }),
  z.object({ type: z.literal('settled'), ...common, transaction }),
  /** After a dispute or a reorganisation the round was posted again. */
  z.object({ type: z.literal('reposted'), ...common, transaction }),
  /** A dispute took back the rounds from this one to `last`. */
  z.object({ type: z.literal('voided'), ...common, last: u32.describe('The last round that is void.') }),
  /** Ended without a sum; another attempt may follow. */
  z.object({ type: z.literal('aborted'), ...common, reason }),
  /** The round can never be settled, and the job with it. */
  z.object({ type: z.literal('failed'), ...common, reason }),
  /** The job has no further round. */
  z.object({ type: z.literal('finished'), ...common }),
] as const;

/** What is kept of a job. */
export const keptEvent = z.discriminatedUnion('type', kinds);
/** What a stream says: those, and that what came before is not to be had from it. */
export const jobEvent = z.discriminatedUnion('type', [
  ...kinds,
  z.object({
    type: z.literal('read-again'),
    ...common,
    reason: z
      .enum(['begins', 'unknown', 'pruned'])
      .describe(
        'Read the state again, since what follows is what comes after now: the stream begins here; or the id that was to be ' +
          'resumed after was never given, or is too old.',
      ),
  }),
]);

export type KeptEvent = Readonly<z.infer<typeof keptEvent>>;
export type JobEvent = Readonly<z.infer<typeof jobEvent>>;
export type EventType = JobEvent['type'];

type WithoutId<E> = E extends unknown ? Readonly<Omit<E, 'id' | 'at'>> : never;
/** An event before it is written: that gives it its id and time. */
export type Told = WithoutId<KeptEvent>;

/** Where an event stands: in which stream of its job, and at which number. */
export type EventPlace = Readonly<{ stream: string; number: number }>;

export const eventId = ({ stream, number }: EventPlace): string => `${stream}-${number}`;

/** Null for what is no event's id. */
export function parseEventId(text: string): EventPlace | null {
  const [, stream, number] = EVENT_ID.exec(text) ?? [];
  return stream === undefined || number === undefined ? null : { stream, number: Number(number) };
}

/** A reason as it fits an event: one line, of what a database holds. */
export const toReason = (text: string): string =>
  text.replaceAll(/[^ -\ud7ff\ue000-\uffff]/g, ' ').slice(0, MOST_WORDS);
