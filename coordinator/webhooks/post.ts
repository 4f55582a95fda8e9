/** Posts one message to a webhook: bounded in time and in what is read, to public addresses alone, and to no place that it is sent on to. */
import { request as plainRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as secureRequest } from 'node:https';
import type { LookupFunction } from 'node:net';
import { TributaryError } from '#crypto/error.ts';
import { timeLimit } from '#protocol/time-limit.ts';
import { parseRetryAfter } from '#protocol/http/retry-after.ts';
import { assertPublic, assertTarget, isAllowed, publicLookup, type AllowedHosts } from './target.ts';

export type Message = Readonly<{ url: string; headers: Readonly<Record<string, string>>; body: string }>;

/** `retryAfter`: seconds that the receiver asks for. `gone`: it wants no more of it. */
export type Outcome =
  | Readonly<{ taken: true }>
  | Readonly<{ taken: false; failure: string; retryAfter: number | null; gone: boolean }>;

export type Posting = Readonly<{
  hosts: AllowedHosts;
  lookup?: LookupFunction;
  timeoutMillis?: number;
  /** Ends it. */
  signal: AbortSignal;
}>;

const REFUSED = 'webhook/refused';
const TIMEOUT_MILLIS = 15_000;
/** Of an answer, which nobody looks at: so much is let through for the sake of a clean end. */
const ANSWER_BYTES = 4_096;
const ANSWER_MILLIS = 1_000;

export async function post(message: Message, posting: Posting): Promise<Outcome> {
  const { timeoutMillis = TIMEOUT_MILLIS, signal } = posting;
  const limit = timeLimit(timeoutMillis, signal);
  try {
    return outcomeOf(await send(message, posting, limit.signal));
  } catch (error) {
    return { taken: false, failure: failureOf(error, limit.signal), retryAfter: null, gone: false };
  } finally {
    limit.end();
  }
}

function send(
  { url: text, headers, body }: Message,
  { hosts, lookup = publicLookup() }: Posting,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const url = new URL(text);
    const allowed = isAllowed(url, hosts);
    if (!allowed) assertTarget(url);
    const bytes = Buffer.from(body);
    const options: RequestOptions = {
      method: 'POST',
      headers: { ...headers, 'content-length': bytes.length },
      // A connection of its own: none that somebody else opened, none that is kept.
      agent: false,
      signal,
      ...(!allowed && { lookup }),
    };
    if (!allowed && url.protocol !== 'https:')
      throw new TributaryError('webhook/url', 'the operator names this host no more');
    const sending = (url.protocol === 'https:' ? secureRequest : plainRequest)(url, options, (answer) => {
      letThrough(answer, () => resolve(answer));
    });
    sending.on('error', reject);
    sending.on('socket', (socket) =>
      socket.once('connect', () => {
        // Whatever was looked up: this is who is there, and nothing was said to it yet.
        if (allowed) return;
        try {
          assertPublic(socket.remoteAddress ?? '');
        } catch (error) {
          sending.destroy(error as Error);
        }
      }),
    );
    sending.end(bytes);
  });
}

/** @param ended the connection is done with */
function letThrough(answer: IncomingMessage, ended: () => void): void {
  const cut = setTimeout(() => answer.destroy(), ANSWER_MILLIS);
  let bytes = 0;
  answer.on('data', (piece: Buffer) => {
    bytes += piece.length;
    if (bytes > ANSWER_BYTES) answer.destroy();
  });
  // Its status is all that counts.
  answer.on('error', () => undefined);
  answer.on('close', () => {
    clearTimeout(cut);
    ended();
  });
}

function outcomeOf({ statusCode: status = 0, headers }: IncomingMessage): Outcome {
  if (status >= 200 && status < 300) return { taken: true };
  return {
    taken: false,
    failure: `${REFUSED} (${status})`,
    retryAfter: parseRetryAfter(headers['retry-after'] ?? null, Date.now()),
    gone: status === 410,
  };
}

function failureOf(error: unknown, { reason }: AbortSignal): string {
  if (error instanceof TributaryError) return error.code;
  return reason instanceof DOMException && reason.name === 'TimeoutError'
    ? 'webhook/timeout'
    : 'webhook/unreachable';
}
