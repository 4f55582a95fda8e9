/** The messages that owners and the buyer post. protocol.md §4.1 */
import type { AttemptId } from '#protocol/job-id.ts';
import type { Operations } from '#protocol/http/operations.ts';
import { encodeRevealed } from '#protocol/rules/revealed.ts';
import type { MessageEvent } from '../round/attempt.ts';
import type { KeptMessage } from '../store/records.ts';
import type { HttpParts } from './parts.ts';
import type { Handlers } from './route.ts';

type Messages = Pick<
  Operations,
  'enrol' | 'share' | 'receive' | 'confirm' | 'abort' | 'unmask' | 'attest' | 'approve' | 'refuse'
>;

/** What every accepted message is answered, at first and again. */
export const ACCEPTED = { accepted: true } as const;

export function messageHandlers({ jobs, checkApproval }: HttpParts): Handlers<Messages> {
  async function submit(id: AttemptId, event: MessageEvent, kept: KeptMessage | null = null) {
    await jobs.driver(id.job).submit(id, event, kept);
    return ACCEPTED;
  }
  return {
    enrol: ({ path, body }) => submit(path, { type: 'enrolment', envelope: body }),
    share: ({ path, body }) =>
      submit(
        path,
        { type: 'shares', upload: body },
        { kind: 'ciphertexts', slot: body.message.member, texts: body.ciphertexts },
      ),
    receive: ({ path, body }) => submit(path, { type: 'received', envelope: body }),
    confirm: ({ path, body }) => submit(path, { type: 'confirm', envelope: body }),
    abort: ({ path, body }) => submit(path, { type: 'abort', envelope: body }),
    unmask({ path, body }) {
      const { member } = body.message;
      return submit(
        path,
        { type: 'unmasking', upload: body },
        {
          kind: 'unmasking',
          slot: member,
          // Enough to restore secrets, and much less than all of it.
          body: {
            message: { member },
            shares: body.shares.map(({ member: dealer, y }) => ({ member: dealer, y })),
          },
          opened: encodeRevealed(body.shares),
        },
      );
    },
    attest: ({ path, body }) => submit(path, { type: 'attestation', upload: body }),
    refuse: ({ path, body }) => submit(path, { type: 'refusal', envelope: body }),

    async approve({ path, body }) {
      const driver = jobs.driver(path.job);
      // The chain is asked only about an approval that would count.
      if (await driver.preview(path, { type: 'approval', upload: body })) {
        const { rules } = await driver.attempt(path);
        const upload = await checkApproval(rules.buyer, rules.domain, body);
        await driver.submit(path, { type: 'approval', upload });
      }
      return ACCEPTED;
    },
  };
}
