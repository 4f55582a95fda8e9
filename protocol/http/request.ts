/** One HTTP exchange with a coordinator: bounded, retried while the peer is away, hostile until parsed. */
import type { z } from 'zod';
import { TributaryError } from '#crypto/error.ts';
import { fromProblem, problem } from '../problem.ts';

export type Exchange = Readonly<{
  method: 'GET' | 'POST' | 'PUT';
  url: string;
  headers?: Record<string, string>;
  body?: Uint8Array | string;
  /** A whole answer later than this is given up. */
  timeoutMillis: number;
  /** A larger answer is cut off. */
  limitBytes: number;
  signal?: AbortSignal | undefined;
}>;

/**
 * @returns the body of a 2xx answer
 * @throws TributaryError the coordinator's own code for a problem; `coordinator/unreachable` where no answer
 *   came; `coordinator/bad-answer` for anything that is not what the protocol says
 */
export async function exchange(request: Exchange): Promise<Uint8Array> {
  const timeout = AbortSignal.timeout(request.timeoutMillis);
  const signal = request.signal ? AbortSignal.any([timeout, request.signal]) : timeout;
  const origin = new URL(request.url).origin;
  try {
    const response = await fetch(request.url, {
      method: request.method,
      redirect: 'error',
      signal,
      ...(request.headers && { headers: request.headers }),
      ...(request.body !== undefined && { body: request.body as NonNullable<RequestInit['body']> }),
    });
    const bytes = await readLimited(response, request.limitBytes, origin);
    if (!response.ok) throw refusalOf(bytes, response.status, origin);
    return bytes;
  } catch (cause) {
    if (cause instanceof TributaryError) throw cause;
    if (request.signal?.aborted) throw cause;
    throw new TributaryError(
      'coordinator/unreachable',
      `no answer from the coordinator at ${origin}; check that it runs and that this URL reaches it`,
      { cause },
    );
  }
}

async function readLimited(response: Response, limit: number, origin: string): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    const bytes = chunk as Uint8Array;
    size += bytes.length;
    if (size > limit) {
      throw new TributaryError(
        'coordinator/bad-answer',
        `${origin} sent more than the ${limit} bytes expected`,
      );
    }
    chunks.push(bytes);
  }
  const whole = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

function refusalOf(bytes: Uint8Array, status: number, origin: string): TributaryError {
  const parsed = problem.safeParse(parseJson(bytes));
  if (parsed.success) return fromProblem(parsed.data);
  return new TributaryError('coordinator/bad-answer', `${origin} answered ${status} without saying why`);
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
