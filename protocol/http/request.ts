/** HTTP exchanges with a coordinator: bounded, retried while the peer is away, hostile until parsed. */
import type { z } from 'zod';
import { TributaryError } from '#crypto/error.ts';
import { fromProblem, problem } from '../problem.ts';
import { inTime, timeLimit } from '../time-limit.ts';
import { bodyPieces } from './body-pieces.ts';
import { asking } from './retry-after.ts';
import { newTrace, TRACEPARENT, traceparentOf } from './traceparent.ts';

export type Exchange = Readonly<{
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  url: string;
  headers?: Record<string, string>;
  body?: Uint8Array | string;
  /** A whole answer later than this is given up. */
  timeoutMillis: number;
  /** A larger answer is cut off. */
  limitBytes: number;
  signal?: AbortSignal | undefined;
}>;

/** An exchange whose answer is taken as it comes. */
export type Streaming = Exchange &
  Readonly<{
    /** A piece of the answer later than this after it was asked for is given up. */
    idleMillis: number;
    /** The media type that it must be of; any, unless it is said. */
    type?: string;
    /** Of a refusal; how much of another answer it takes, the caller decides. */
    limitBytes: number;
  }>;

/** A 2xx answer. */
export type Answer = Readonly<{ bytes: Uint8Array; headers: Headers }>;

/**
 * @throws TributaryError the coordinator's own code for a problem; `coordinator/unreachable` where no answer
 *   came; `coordinator/bad-answer` for anything that is not what the protocol says
 */
export async function exchange(request: Exchange): Promise<Answer> {
  const origin = new URL(request.url).origin;
  try {
    return await inTime(request.timeoutMillis, [request.signal], async (signal) => {
      const response = await send(request, signal);
      const bytes = await readLimited(bodyPieces(response, signal), request.limitBytes, origin);
      if (!response.ok) throw refusalOf(bytes, response, origin);
      return { bytes, headers: response.headers };
    });
  } catch (cause) {
    throw failureOf(cause, request, origin);
  }
}

/**
 * The body of a 2xx answer in pieces: the next is read from the connection when it is asked for.
 *
 * @throws TributaryError as {@link exchange}; `coordinator/unreachable` too where the answer breaks off
 */
export async function* stream(request: Streaming): AsyncGenerator<Uint8Array, void, undefined> {
  const origin = new URL(request.url).origin;
  const idle = new AbortController();
  const limit = timeLimit(request.timeoutMillis, idle.signal, request.signal);
  const soon = async <T>(answer: Promise<T>): Promise<T> => {
    const timer = setTimeout(() => idle.abort(), request.idleMillis);
    return answer.finally(() => clearTimeout(timer));
  };
  try {
    const response = await soon(send(request, limit.signal));
    if (!response.ok) {
      const refusal = readLimited(bodyPieces(response, limit.signal), request.limitBytes, origin);
      const bytes = await soon(refusal);
      throw refusalOf(bytes, response, origin);
    }
    assertType(response, request.type, origin);
    const pieces = bodyPieces(response, limit.signal);
    for (let next = await soon(pieces.next()); !next.done; next = await soon(pieces.next())) yield next.value;
  } catch (cause) {
    throw failureOf(cause, request, origin);
  } finally {
    idle.abort();
    limit.end();
  }
}

function send({ url, method, headers, body }: Exchange, signal: AbortSignal): Promise<Response> {
  return fetch(url, {
    method,
    redirect: 'error',
    signal,
    // Each call begins a trace, which the coordinator carries on to the chain and to IPFS.
    headers: { [TRACEPARENT]: traceparentOf(newTrace()), ...headers },
    ...(body !== undefined && { body: body as NonNullable<RequestInit['body']> }),
  });
}

function failureOf(cause: unknown, { signal }: Exchange, origin: string): unknown {
  if (cause instanceof TributaryError || signal?.aborted) return cause;
  const code = codeUnder(cause);
  const check = NOT_BELIEVED.test(code)
    ? `its certificate is not believed (${code}): where its authority is a private one, start this program with NODE_EXTRA_CA_CERTS=FILE`
    : 'check that it runs and that this URL reaches it';
  return new TributaryError(
    'coordinator/unreachable',
    `no answer from the coordinator at ${origin}; ${check}`,
    {
      cause,
    },
  );
}

/** As OpenSSL and Node name what is wrong with a certificate. https://nodejs.org/api/tls.html#x509-certificate-error-codes */
const NOT_BELIEVED =
  /^(CERT_|UNABLE_TO_|ERR_TLS_CERT|DEPTH_ZERO_SELF_SIGNED_CERT$|SELF_SIGNED_CERT_IN_CHAIN$)/;

/** What fetch says of a failure stands under its own error. */
function codeUnder(error: unknown): string {
  const under = error instanceof Error ? error.cause : null;
  return under instanceof Error && 'code' in under ? String(under.code) : '';
}

async function readLimited(
  pieces: AsyncIterable<Uint8Array>,
  limit: number,
  origin: string,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of pieces) {
    size += chunk.length;
    if (size > limit) {
      throw new TributaryError(
        'coordinator/bad-answer',
        `${origin} sent more than the ${limit} bytes expected`,
      );
    }
    chunks.push(chunk);
  }
  const whole = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

function refusalOf(bytes: Uint8Array, { status, headers }: Response, origin: string): TributaryError {
  const parsed = problem.safeParse(parseJson(bytes));
  if (parsed.success) return asking(fromProblem(parsed.data), headers);
  const unsaid = `${origin} answered ${status} without saying why`;
  return asking(new TributaryError('coordinator/bad-answer', unsaid), headers);
}

function assertType({ headers }: Response, type: string | undefined, origin: string): void {
  const [found = ''] = (headers.get('content-type') ?? '').split(';', 1);
  if (type === undefined || found.trim().toLowerCase() === type) return;
  throw new TributaryError('coordinator/bad-answer', `${origin} did not answer with ${type}`);
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}

/** Parses a JSON answer by its schema. */
export function parseAnswer<Schema extends z.ZodType>(
  schema: Schema,
  bytes: Uint8Array,
  url: string,
): z.infer<Schema> {
  const parsed = schema.safeParse(parseJson(bytes));
  if (parsed.success) return parsed.data;
  const at = parsed.error.issues[0];
  throw new TributaryError(
    'coordinator/bad-answer',
    `${new URL(url).origin} answered what the protocol does not allow (${at?.path.join('.') ?? ''}: ${at?.message ?? ''})`,
  );
}
