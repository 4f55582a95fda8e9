/** A coordinator with enough liars on its side. */
import type { Bench } from './cohort.ts';
import { membersDigest, sharersOf, survivorsRoot } from '#protocol/rules/survivors.ts';
import type { Input, Signed } from '#protocol/messages.ts';
import { signed } from '#test/support/cohort.ts';

/** T confirmations of other survivors: what a coordinator shows if enough members lie with it. */
export function confirmedBy(at: Bench, inputs: readonly Signed<Input>[], members: readonly number[]) {
  const sharers = at.coordinator.view('unmasking').sharers;
  return members.map((member) =>
    signed(member, 'Confirm', {
      ...at.coordinator.id,
      member,
      roster: inputs[0]!.message.roster,
      sharers: membersDigest(sharersOf(sharers)),
      survivors: survivorsRoot(inputs),
    }),
  );
}
