/** The messages that owners and the buyer post. protocol.md §4.1 */
import type { AttemptId } from '#protocol/job-id.ts';
import type { Operations } from '#protocol/http/operations.ts';
import type { PrimaryType } from '#protocol/typed-data.ts';
import { encodeRevealed } from '#protocol/rules/revealed.ts';
import type { MessageEvent } from '../round/attempt.ts';
import type { KeptMessage } from '../store/records.ts';
import type { HttpParts } from './parts.ts';
import type { Handlers } from './route.ts';

type Messages = Pick<
  Operations,
  'enrol' | 'share' | 'receive' | 'confirm' | 'abort' | 'unmask' | 'attest' | 'approve' | 'refuse'
>;

/** Of what was asked, what says where it belongs. */
type Sent = Readonly<{ path: AttemptId; news(): void }>;

/** All but an input, which has a body, and an approval, whose signer may be a contract. */
type Posted = Exclude<MessageEvent, { type: 'input' | 'approval' }>;

/** What a message's sender signed. */
const signedAs: Readonly<Record<Posted['type'], PrimaryType>> = {
  ...{ enrolment: 'Enrolment', shares: 'Shares', received: 'Received', confirm: 'Confirm', abort: 'Abort' },
  ...{ unmasking: 'Unmasking', attestation: 'Attestation', refusal: 'Refusal' },
};

/** What every accepted message is answered, at first and again. */
export const ACCEPTED = { accepted: true } as const;

export function messageHandlers(parts: HttpParts): Handlers<Messages> {
  const { jobs, checkApproval, signers, identity, room } = parts;
  async function submit(
    { path, news }: Sent,
    event: Posted,
    kept: KeptMessage | null = null,
  ): Promise<typeof ACCEPTED> {
    const driver = jobs.driver(path.job);
    await signers?.recover(
      identity,
      signedAs[event.type],
      'envelope' in event ? event.envelope : event.upload,
    );
    if (await driver.submit(path, event, kept)) news();
    return ACCEPTED;
  }
  return {
    async enrol(asked) {
      const event = { type: 'enrolment', envelope: asked.body } as const;
      const driver = jobs.driver(asked.path.job);
      const lacking = await room?.lacking(await driver.attempt(asked.path), 'enrolment');
      // Who has enrolled is told so again, room or not.
      if (lacking && (await driver.preview(asked.path, event))) throw lacking;
      return submit(asked, event);
    },
    share: (asked) =>
      submit(
        asked,
        { type: 'shares', upload: asked.body },
        { kind: 'ciphertexts', slot: asked.body.message.member, texts: asked.body.ciphertexts },
      ),
    receive: (asked) => submit(asked, { type: 'received', envelope: asked.body }),
    confirm: (asked) => submit(asked, { type: 'confirm', envelope: asked.body }),
    abort: (asked) => submit(asked, { type: 'abort', envelope: asked.body }),
    unmask(asked) {
      const { body } = asked;
      const { member } = body.message;
      return submit(
        asked,
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
    attest: (asked) => submit(asked, { type: 'attestation', upload: asked.body }),
    refuse: (asked) => submit(asked, { type: 'refusal', envelope: asked.body }),

    async approve({ path, body, news }) {
      const driver = jobs.driver(path.job);
      // The chain is asked only about an approval that would count.
      if (await driver.preview(path, { type: 'approval', upload: body })) {
        const { rules } = await driver.attempt(path);
        const upload = await checkApproval(rules.buyer, rules.domain, body);
        if (await driver.submit(path, { type: 'approval', upload })) news();
      }
      return ACCEPTED;
    },
  };
}
