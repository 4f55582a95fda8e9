/** What a handler is asked: each part of the request, held against the operation's schemas. protocol.md §4.1 */
import type { Request, Response } from 'express';
import type { z } from 'zod';
import { TributaryError } from '#crypto/error.ts';
import type { Operation } from '#protocol/http/operations/operation.ts';
import type { Caller } from '../access/authorise.ts';
import { shareTexts } from '../shared-texts.ts';
import type { CallerOf } from './authorisation.ts';
import { addressOf } from './limits/address.ts';
import { noteNews } from './limits/news.ts';

type Body<O extends Operation> =
  O['body'] extends Readonly<{ kind: 'json'; schema: infer S }>
    ? z.output<S>
    : O['body'] extends Readonly<{ kind: 'bytes' }>
      ? AsyncIterable<Uint8Array>
      : null;

export type Asked<O extends Operation> = Readonly<{
  path: z.output<O['parameters']['path']>;
  query: z.output<O['parameters']['query']>;
  headers: z.output<O['parameters']['headers']>;
  body: Body<O>;
  caller: CallerOf<O>;
  /** Whose limits it counts against. */
  address: string;
  /** Aborts when nobody listens any more. */
  gone: AbortSignal;
  /** Told that the message filled a slot: it does not count against its sender's address. */
  news(): void;
}>;

/** Each request ends with it: an error of its own, with a stack, would be for nobody. */
const nobodyListens = new DOMException('nobody listens any more', 'AbortError');

/** @throws TributaryError `request/schema`, naming the first place that is wrong */
export function askedOf<O extends Operation>(
  operation: O,
  caller: Caller | null,
  request: Request,
  response: Response,
): Asked<O> {
  const { parameters, body } = operation;
  const gone = new AbortController();
  response.on('close', () => gone.abort(nobodyListens));
  return {
    path: parsed(parameters.path, request.params, 'path'),
    query: parsed(parameters.query, request.query, 'query'),
    // Messages come in these two, and are kept.
    headers: shareTexts(parsed(parameters.headers, request.headers, 'headers')),
    body: bodyOf(body, request),
    caller,
    address: addressOf(request),
    gone: gone.signal,
    news: () => noteNews(response),
    // Each part was parsed by the very schema that types it, and the caller asked for by the operation's own word.
  } as Asked<O>;
}

function bodyOf(body: Operation['body'], request: Request): unknown {
  switch (body.kind) {
    case 'json':
      return shareTexts(parsed(body.schema, request.body, 'body'));
    case 'bytes':
      return piecesOf(request);
    case 'none':
      return null;
    default:
      return body satisfies never;
  }
}

/** @throws TributaryError `request/schema`, naming the first place that is wrong */
export function parsed<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  what: string,
): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const place = [what, ...(issue?.path ?? [])].join('.');
  throw new TributaryError('request/schema', `${place}: ${issue?.message ?? 'not what the protocol says'}`);
}

/**
 * The body in pieces. Where it is not taken to its end the connection stays open and the rest is read and thrown away:
 * else the sender, still writing, would never see the refusal, nor could it use the connection again.
 */
function piecesOf(request: Request): AsyncIterable<Uint8Array> {
  return {
    [Symbol.asyncIterator]() {
      const pieces: AsyncIterator<Uint8Array> = request.iterator({ destroyOnReturn: false });
      return {
        next: () => pieces.next(),
        async return() {
          await pieces.return?.();
          request.resume();
          return { done: true, value: undefined };
        },
      };
    },
  };
}
