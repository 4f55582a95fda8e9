/** A view of a complete graph's attempt as a coordinator shows it, of what has arrived. protocol.md §4 */
import type { AttemptView } from '#protocol/attempt-view.ts';
import type { Confirm, Input, Shares, Signed } from '#protocol/messages.ts';
import type { Roster } from '#protocol/rules/roster.ts';

/** What is shown of an attempt; what is left out of `inputs` is left out of U3. */
export type Arrived = Readonly<{
  shares: readonly Signed<Shares>[];
  inputs: readonly Signed<Input>[];
  confirmations: readonly Signed<Confirm>[];
}>;

/** How many of the lists a phase shows. */
const lists = { sharing: 1, receiving: 2, masking: 2, confirming: 3, unmasking: 4 } as const;
export type Shown = keyof typeof lists;

export function wholeView(
  phase: Shown,
  base: object,
  { enrolments }: Roster,
  { shares = [], inputs = [], confirmations = [] }: Partial<Arrived>,
): AttemptView {
  const all = Object.entries({ roster: enrolments, sharers: shares, inputs, confirmations });
  // The door parses it, so that what is no view is not shown.
  const shown = Object.fromEntries(all.slice(0, lists[phase]));
  return { ...base, phase, ...shown, ...(phase === 'masking' && { excluded: [] }) } as unknown as AttemptView;
}
