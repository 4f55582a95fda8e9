/** An attempt as the coordinator publishes it. protocol.md §4 */
import type { AttemptView } from '#protocol/attempt-view.ts';
import type { Attempt } from './attempt.ts';
import { idOf } from './base.ts';
import type { Aborted } from './aborted.ts';

/**
 * @param revision grows with every change that a reader can see
 * @param earlier the aborted attempts of the same round
 */
export function viewOf(state: Attempt, revision: number, earlier: readonly Aborted[]): AttemptView {
  const { terms, model } = state.rules.expected;
  const base = {
    ...idOf(state),
    revision,
    deadline: state.deadline,
    terms,
    model,
    // Where no roster was frozen nobody sent an input, so a retry needs nobody's leave.
    earlier: earlier
      .filter(({ enrolments }) => enrolments.length > 0)
      .map((attempt) => ({
        attempt: idOf(attempt).attempt,
        roster: [...attempt.enrolments],
        aborts: [...attempt.aborts],
      })),
  };
  switch (state.phase) {
    case 'announced':
    case 'enrolling':
      return { phase: state.phase, ...base };
    case 'sharing':
      return { phase: 'sharing', ...base, ...rosterPart(state) };
    case 'masking':
      return { phase: 'masking', ...base, ...rosterPart(state), ...sharersPart(state) };
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
      return { phase: 'aborted', ...base, reason: state.reason, aborts: [...state.aborts] };
    case 'failed':
      return { phase: 'failed', ...base, reason: state.reason };
    default:
      return state satisfies never;
  }
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
