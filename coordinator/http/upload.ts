/** The upload of a masked input: on disk, whole and of its signed root, before its message counts. protocol.md §4.4 */
import type { Request, RequestHandler } from 'express';
import { wordBits } from '#crypto/parameters.ts';
import { TributaryError } from '#crypto/error.ts';
import { signedInput } from '#protocol/messages.ts';
import { ACCEPTED } from './messages.ts';
import type { HttpParts } from './parts.ts';
import { attemptOf, memberParameter, parsed, parsedToken } from './request.ts';

export function inputUpload({ jobs, vectors }: HttpParts): RequestHandler {
  return async (request, response) => {
    const id = attemptOf(request);
    const envelope = parsedToken(signedInput, request.get('tributary-message') ?? '', 'tributary-message');
    const { message } = envelope;
    if (parsed(memberParameter, request.params['member'], 'path.member') !== message.member) {
      throw new TributaryError('request/schema', 'path.member: the message is of another member');
    }
    const driver = jobs.driver(id.job);
    const event = { type: 'input', envelope } as const;
    // A message that is refused, or held already, needs no body; nobody unsigned fills the disk.
    if (await driver.preview(id, event)) {
      const state = await driver.attempt(id);
      const members = 'enrolments' in state ? state.enrolments.length : 0;
      const { aggregation } = state.rules;
      await vectors.receive(id, message, aggregation, wordBits(aggregation.bits, members), bodyOf(request));
      try {
        await driver.submit(id, event);
      } catch (error) {
        if (isRefused(error)) await vectors.discard(id, message);
        throw error;
      }
    }
    response.json(ACCEPTED);
  };
}

/**
 * The body in pieces. Where it is not taken to its end the connection stays open and the rest is read and thrown away:
 * else the sender, still writing, would never see the refusal, nor could it use the connection again.
 */
async function* bodyOf(request: Request): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* request.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>;
  } finally {
    request.resume();
  }
}

/** Whether the attempt said no. After trouble with the disk the message may be held all the same: its vector stays. */
const isRefused = (error: unknown): boolean =>
  error instanceof TributaryError && !/^(storage|database)\//.test(error.code);
