/** An attempt as the coordinator publishes it. protocol.md §4 */
import type { AttemptView } from '#protocol/attempt-view.ts';
import type { Attempt } from './attempt.ts';
import { idOf } from './base.ts';
import { excludedIn } from './excluded.ts';
import { shownNear, nearViewOf } from './near-view.ts';
import type { Aborted } from './aborted.ts';

/**
 * @param revision grows with every change that a reader can see
 * @param earlier the aborted attempts of the same round
 * @param seat whose view of a sparse attempt is wanted; null: that of a stranger to the roster
 */
export function viewOf(
  state: Attempt,
  revision: number,
  earlier: readonly Aborted[],
  seat: number | null = null,
): AttemptView {
  const { terms, model } = state.rules.expected;
  const base = {
    ...idOf(state),
    revision,
    deadline: state.deadline,
    terms,
    model,
    // Where no roster was frozen nobody sent an input, so a retry needs nobody's leave; of a sparse attempt, the escrow's.
    earlier: earlier
      .filter(({ enrolments, onChain }) => enrolments.length > 0 && onChain === 'nothing')
      .map((attempt) => ({
        attempt: idOf(attempt).attempt,
        roster: [...attempt.enrolments],
        aborts: [...attempt.aborts],
      })),
  };
  const near = shownNear(state);
  if (near) return nearViewOf(near, base, seat);
  switch (state.phase) {
    case 'announced':
    case 'enrolling':
    case 'drawing':
    case 'agreeing':
      return { phase: state.phase, ...base };
    case 'sharing':
      return { phase: 'sharing', ...base, ...rosterPart(state) };
    case 'receiving':
      return { phase: 'receiving', ...base, ...rosterPart(state), ...sharersPart(state) };
    case 'masking':
      return {
        phase: 'masking',
        ...base,
        ...rosterPart(state),
        ...sharersPart(state),
        excluded: excludedIn(state),
      };
    case 'confirming':
      return { phase: 'confirming', ...base, ...inputsPart(state) };
    case 'unmasking':
      return { phase: 'unmasking', ...base, ...confirmedParts(state) };
    case 'settling':
      return { phase: 'settling', ...base, ...confirmedParts(state), proposal: state.proposal };
    case 'settled': {
      const { proposal, transaction } = state;
      return { phase: 'settled', ...base, ...confirmedParts(state), proposal, transaction };
    }
    case 'aborted':
      return { phase: 'aborted', ...base, reason: state.reason, aborts: [...abortsIn(state)] };
    case 'failed':
      return { phase: 'failed', ...base, reason: state.reason, fault: state.fault };
    default:
      return state satisfies never;
  }
}

/** Of a sparse attempt the escrow says how it ended. */
const abortsIn = ({ onChain, aborts }: Aborted) => (onChain === 'nothing' ? aborts : none);
const none: Aborted['aborts'] = [];

/** Whether a reader sees anything else than before: only then is it worth waking. */
export function isNews(before: Attempt, after: Attempt): boolean {
  if (before.phase !== after.phase || before.deadline !== after.deadline) return true;
  if (before.phase === 'confirming' && after.phase === 'confirming') return before.inputs !== after.inputs;
  if (before.phase === 'settled' && after.phase === 'settled')
    return before.transaction !== after.transaction;
  return before.phase === 'aborted' && after.phase === 'aborted' && abortsIn(before) !== abortsIn(after);
}

type Of<Key extends string> = Extract<Attempt, Readonly<Record<Key, unknown>>>;

const rosterPart = ({ enrolments }: Of<'enrolments'>) => ({ roster: [...enrolments] });
const sharersPart = ({ shares }: Of<'shares'>) => ({ sharers: [...shares] });
const inputsPart = (state: Of<'inputs'>) => ({
  ...rosterPart(state),
  ...sharersPart(state),
  inputs: [...state.inputs],
});
const confirmedParts = (state: Of<'confirmations'>) => ({
  ...inputsPart(state),
  confirmations: [...state.confirmations],
});
