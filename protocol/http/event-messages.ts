/** Reads the messages of a stream of Server-Sent Events from its bytes. https://html.spec.whatwg.org/multipage/server-sent-events.html §9.2.6 */
import { createParser, type EventSourceMessage, type ParseError } from 'eventsource-parser';
import { TributaryError } from '#crypto/error.ts';

/** `retry`: the line that says when to come again; `alive`: bytes came, with or without a message in them. */
export type StreamPart =
  | Readonly<{ kind: 'message'; id: string | null; data: string }>
  | Readonly<{ kind: 'retry'; millis: number }>
  | Readonly<{ kind: 'alive' }>;

/** A message that is longer is none of ours. */
const LONGEST_MESSAGE = 64 * 1024;

/** @throws TributaryError `coordinator/bad-answer` for a message without an end; and what the bytes throw */
export async function* streamParts(
  bytes: AsyncIterable<Uint8Array>,
): AsyncGenerator<StreamPart, void, undefined> {
  const parts: StreamPart[] = [];
  const broken: ParseError[] = [];
  const parser = createParser({
    onEvent: ({ id, data }: EventSourceMessage) => void parts.push({ kind: 'message', id: id ?? null, data }),
    onRetry: (millis) => void parts.push({ kind: 'retry', millis }),
    onError(error) {
      if (error.type === 'max-buffer-size-exceeded') broken.push(error);
    },
    maxBufferSize: LONGEST_MESSAGE,
  });
  const decoder = new TextDecoder();
  for await (const piece of bytes) {
    parser.feed(decoder.decode(piece, { stream: true }));
    if (broken.length > 0) throw new TributaryError('coordinator/bad-answer', 'an event without an end came');
    yield { kind: 'alive' };
    yield* parts.splice(0);
  }
}
