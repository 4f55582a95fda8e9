/** What a coordinator has in its database in the middle of a job: an attempt that was aborted, and one that is being unmasked. */
import type { AttemptEvent } from '#coordinator/round/attempt.ts';
import type { Change } from '#coordinator/store/records.ts';
import { announce } from '#coordinator/round/announced.ts';
import { cohort } from '#test/support/cohort.ts';
import {
  abortOf,
  confirmations,
  enrolments,
  honestly,
  inputs,
  play,
  receipts,
  rulesOf,
  sharings,
  unmaskings,
} from '../../fixtures.ts';

export const first = cohort({ n: 3 });
export const second = cohort({ n: 3, id: { job: 7, round: 1, attempt: 2 } });
const job = { job: 7, state: 'active', rounds: 2, round: 1, attempt: 1 } as const;

/** The message that is due next. */
export const last = (): AttemptEvent => unmaskings(second)[2]!;

/** In the order in which a driver saves them. */
export function changes(): Change[] {
  const aborted = play(honestly(first, 'confirming'), [abortOf(first, 1)]);
  const made: Change[] = [{ job, attempts: [{ revision: 6, state: aborted }], message: null }];
  const now = { ...job, attempt: 2 };
  let state = announce(rulesOf(second));
  const events = [enrolments, sharings, receipts, inputs, confirmations].flatMap((of) => of(second));
  for (const event of [...events, ...unmaskings(second).slice(0, 2)]) {
    state = play(state, [event]) as typeof state;
    made.push({ job: now, attempts: [{ revision: 3, state }], message: keptOf(event) });
  }
  return made;
}

function keptOf(event: AttemptEvent): Change['message'] {
  if (event.type === 'shares') {
    const { message, ciphertexts } = event.upload;
    return { kind: 'ciphertexts', slot: message.member, texts: ciphertexts };
  }
  if (event.type !== 'unmasking') return null;
  const { message, shares } = event.upload;
  const body = {
    message: { member: message.member },
    shares: shares.map(({ member, y }) => ({ member, y })),
  };
  return { kind: 'unmasking', slot: message.member, body, opened: Uint8Array.of(0, 255, message.member) };
}
