/** Calls an operation as it is described: its path, its body, its answer's schema. protocol.md §4.1 */
import type { z } from 'zod';
import { encodeJson } from './json-body.ts';
import type { JsonAnswer, Operation } from './operations/operation.ts';
import { exchange, parseAnswer, type Answer } from './request.ts';

export const JSON_LIMIT = 16 * 1024 * 1024;
export const ANSWER_MILLIS = 30_000;

/** What a call says beside what its operation is. */
export type Said = Readonly<{
  path?: Readonly<Record<string, number | string>>;
  query?: Readonly<Record<string, number>>;
  headers?: Record<string, string>;
  body?: object;
  bytes?: Uint8Array;
  timeoutMillis?: number;
}>;

/** An answer that its operation's schema admits. */
export type Told<O extends Operation> = Readonly<{
  value: O['answer'] extends Readonly<{ schema: infer S }> ? z.output<S> : never;
  headers: Headers;
}>;

export type Call = <O extends Operation & Readonly<{ answer: JsonAnswer }>>(
  operation: O,
  said?: Said,
) => Promise<Told<O>>;

/** @param base the coordinator's URL without a slash at its end */
export function urlOf(base: string, { path }: Operation, said: Said): string {
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => String(said.path?.[name]));
  const query = Object.entries(said.query ?? {}).map(([name, value]) => `${name}=${value}`);
  return `${base}${filled}${query.length > 0 ? `?${query.join('&')}` : ''}`;
}

/** The bytes of an operation's answer. @throws TributaryError as `exchange` */
export async function fetchAnswer(
  base: string,
  operation: Operation,
  said: Said,
  signal: AbortSignal | undefined,
): Promise<Answer> {
  const json = said.body && (await encodeJson(said.body));
  const body = json?.bytes ?? said.bytes;
  return exchange({
    method: methods[operation.method],
    url: urlOf(base, operation, said),
    headers: { ...json?.headers, ...said.headers },
    ...(body && { body }),
    timeoutMillis: said.timeoutMillis ?? ANSWER_MILLIS,
    limitBytes: JSON_LIMIT,
    signal,
  });
}

const methods = { get: 'GET', post: 'POST', put: 'PUT', delete: 'DELETE' } as const;

/** @param heard told of each answer's headers */
export const callerOf =
  (base: string, signal: AbortSignal | undefined, heard: (headers: Headers) => void): Call =>
  async (operation, said = {}) => {
    const { bytes, headers } = await fetchAnswer(base, operation, said, signal);
    heard(headers);
    const value = parseAnswer(operation.answer.schema, bytes, base);
    // The schema that parsed it is the operation's own.
    return { value, headers } as Told<typeof operation>;
  };
