/** Receiving: members say whose shares they can't open; U2 is those whose secrets enough others can restore. protocol.md §4.11 */
import type { Received, Signed } from '#protocol/messages.ts';
import { complaintsIn, complaintsOf, excludingFrom, receiptFlaw } from '#protocol/rules/received.ts';
import type { Seconds } from '#protocol/units.ts';
import { abort, type Aborted } from './aborted.ts';
import { later, leastMembers, type Refusal, type WithReceipts, type WithShares } from './base.ts';
import { rosterOf, sharersIn } from './frame.ts';
import type { Masking } from './masking.ts';
import { byMember, inserted } from './slots.ts';

export type Receiving = WithReceipts & Readonly<{ phase: 'receiving' }>;

/** It lasts as long as sharing may. */
export const receiving = (state: WithShares, now: Seconds): Receiving => ({
  rules: state.rules,
  deadline: later(now, state.rules.phases.sharing),
  enrolments: state.enrolments,
  roster: state.roster,
  draw: state.draw,
  shares: state.shares,
  phase: 'receiving',
  receipts: [],
});

/** Whoever dealt is waited for; other members may speak, too. */
export function onReceived(
  state: Receiving,
  envelope: Signed<Received>,
  now: Seconds,
): Receiving | Masking | Aborted | Refusal {
  const broken = receiptFlaw(rosterOf(state), sharersIn(state), envelope.message);
  if (broken) return { refused: broken };
  const next = { ...state, receipts: inserted(state.receipts, envelope, byMember) };
  const heard = new Set(next.receipts.map(byMember));
  return next.shares.every((shares) => heard.has(byMember(shares))) ? conclude(next, now) : next;
}

export const onDeadline = (state: Receiving, now: Seconds): Masking | Aborted => conclude(state, now);

/** Whoever says nothing complains of nobody. */
function conclude(state: Receiving, now: Seconds): Masking | Aborted {
  const { graph } = rosterOf(state);
  const complaints = complaintsIn(state.receipts);
  const isExcluded = (dealer: number) =>
    complaintsOf(graph, dealer, complaints).length >= excludingFrom(graph, dealer);
  const excluded = state.shares.map(byMember).filter(isExcluded);
  const shares = state.shares.filter((entry) => !excluded.includes(byMember(entry)));
  // In a sparse graph each member counts its own neighbours, and the end of masking shows who could go on.
  const needed = state.draw ? leastMembers(state.rules) : graph.threshold;
  if (shares.length < needed) return abort(state, 'too few shares that can be opened', []);
  const deadline = later(now, state.rules.phases.masking);
  return { ...state, phase: 'masking', deadline, shares, excluded, inputs: [] };
}
