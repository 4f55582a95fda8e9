/** The upload of a masked input: on disk, whole and of its signed root, before its message counts. protocol.md §4.4 */
import { wordBits } from '#crypto/parameters.ts';
import { TributaryError } from '#crypto/error.ts';
import type { Operations } from '#protocol/http/operations.ts';
import { ACCEPTED } from './messages.ts';
import type { HttpParts } from './parts.ts';
import type { Handler } from './route.ts';

export function inputUpload(parts: HttpParts): Handler<Operations['upload']> {
  const { jobs, vectors, signers, identity, room } = parts;
  return async ({ path: { member, ...id }, headers, body, news }) => {
    const envelope = headers['tributary-message'];
    const { message } = envelope;
    if (member !== message.member) {
      throw new TributaryError('request/schema', 'path.member: the message is of another member');
    }
    const driver = jobs.driver(id.job);
    const event = { type: 'input', envelope } as const;
    await signers?.recover(identity, 'Input', envelope);
    // A message that is refused, or held already, needs no body; nobody unsigned fills the disk.
    if (await driver.preview(id, event)) {
      const state = await driver.attempt(id);
      const lacking = await room?.lacking(state, 'input');
      if (lacking) throw lacking;
      const members = 'enrolments' in state ? state.enrolments.length : 0;
      const { aggregation } = state.rules;
      await vectors.receive(id, message, aggregation, wordBits(aggregation.bits, members), body);
      try {
        if (await driver.submit(id, event)) news();
      } catch (error) {
        if (isRefused(error)) await vectors.discard(id, message);
        throw error;
      }
    }
    return ACCEPTED;
  };
}

/** Whether the attempt said no. After trouble with the disk the message may be held all the same: its vector stays. */
const isRefused = (error: unknown): boolean =>
  error instanceof TributaryError && !/^(storage|database)\//.test(error.code);
