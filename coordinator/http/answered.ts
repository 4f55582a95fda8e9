/** Sends what a handler answers: with an ETag where it may be asked for again. RFC 9110 §8.8.3, RFC 8288 */
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Request, Response } from 'express';
import type { z } from 'zod';
import type { Operation } from '#protocol/http/operations/operation.ts';
import type { JobEvent } from '#protocol/job-events.ts';
import { isCode } from '../store/files.ts';
import { eventTexts } from './event-stream.ts';

/** A part of a list, and where the next one is; null at its end. */
export type Page<List> = Readonly<{ list: List; next: string | null }>;
/** A page for people, and what it may do (CSP). */
export type Shown = Readonly<{ text: string; policy: string }>;
/** Bytes piece by piece; what they are is known by `name`. */
export type Pieces = Readonly<{ name: string; pieces: AsyncIterable<Uint8Array> }>;

export type Answered<O extends Operation> =
  O['answer'] extends Readonly<{ kind: 'json'; schema: infer S; paged: infer P }>
    ? P extends true
      ? Page<z.output<S>>
      : z.output<S>
    : O['answer'] extends Readonly<{ kind: 'bytes' }>
      ? Pieces
      : O['answer'] extends Readonly<{ kind: 'events' }>
        ? AsyncGenerator<readonly JobEvent[], void, undefined>
        : Shown;

/** Of a reader that takes nothing: a connection costs the memory of two blocks. */
const STALLED_MILLIS = 60_000;

const caching: Readonly<Record<Operation['caching'], string>> = {
  none: 'no-store',
  revalidate: 'no-cache',
  hour: 'public, max-age=3600',
};

export async function send(
  operation: Operation,
  answered: unknown,
  request: Request,
  response: Response,
): Promise<void> {
  // A long poll whose reader is gone.
  if (response.closed) return;
  const { answer } = operation;
  response.set('cache-control', caching[operation.caching]);
  switch (answer.kind) {
    case 'json': {
      const { list, next } = answer.paged ? (answered as Page<unknown>) : { list: answered, next: null };
      if (next !== null) response.append('link', `<${next}>; rel="next"`);
      return sendText(operation, JSON.stringify(list), 'application/json; charset=utf-8', request, response);
    }
    case 'text': {
      const { text, policy } = answered as Shown;
      response.set('content-security-policy', policy);
      return sendText(operation, text, answer.type, request, response);
    }
    case 'bytes':
      return sendPieces(answered as Pieces, answer.type, request, response);
    case 'events':
      return sendEvents(answered as AsyncIterable<readonly JobEvent[]>, answer.type, request, response);
    default:
      return answer satisfies never;
  }
}

function sendText(
  { caching: kept }: Operation,
  text: string,
  type: string,
  request: Request,
  response: Response,
): void {
  const bytes = Buffer.from(text);
  if (kept !== 'none') {
    const etag = `"${createHash('sha256').update(bytes).digest('base64url')}"`;
    response.set('etag', etag);
    if (isHeld(request, etag)) return void response.status(304).end();
  }
  response.set({ 'content-type': type, 'content-length': String(bytes.length) });
  response.end(bytes);
}

/** A piece is asked for when the one before it has left for the socket. */
export async function sendPieces(
  { name, pieces }: Pieces,
  type: string,
  request: Request,
  response: Response,
): Promise<void> {
  const etag = `"${name}"`;
  response.set('etag', etag);
  if (isHeld(request, etag)) return void response.status(304).end();
  response.set('content-type', type);
  if (request.method === 'HEAD') return void response.end();
  response.setTimeout(STALLED_MILLIS);
  await pipeline(Readable.from(pieces), response);
}

/** As {@link sendPieces}, without an end: one that is cut off was no failure. */
export async function sendEvents(
  pages: AsyncIterable<readonly JobEvent[]>,
  type: string,
  request: Request,
  response: Response,
  stalledMillis = STALLED_MILLIS,
): Promise<void> {
  // Or nginx would keep back what is not much: https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_buffering
  response.set({ 'content-type': type, 'x-accel-buffering': 'no' });
  if (request.method === 'HEAD') return void response.end();
  response.setTimeout(stalledMillis);
  try {
    await pipeline(Readable.from(eventTexts(pages), { highWaterMark: 1 }), response);
  } catch (error) {
    if (!isCode(error, 'ERR_STREAM_PREMATURE_CLOSE')) throw error;
  }
}

/** RFC 9110 §13.1.2. Express's own test would be deaf to it where `no-cache` stands beside it, as fetch writes it. */
function isHeld(request: Request, etag: string): boolean {
  const held = (request.get('if-none-match') ?? '').split(',').map((one) => one.trim().replace(/^W\//, ''));
  return held.includes(etag) || held.includes('*');
}
