/** What is to be done outside of a state; derived from it alone, so that a restart finds it again. protocol.md §4 */
import type { Attempt, Effect } from './attempt.ts';
import { canAggregate } from './unmasking.ts';

export function effectsOf(state: Attempt): readonly Effect[] {
  switch (state.phase) {
    case 'announced':
    case 'enrolling':
    case 'sharing':
    case 'masking':
      return [];
    case 'confirming':
      return ['sweep'];
    case 'unmasking':
      return canAggregate(state) ? ['aggregate'] : [];
    case 'settling':
      return state.step === 'attesting' ? ['sweep'] : ['settle'];
    case 'settled':
      return ['next-round'];
    case 'aborted':
      return ['sweep', 'next-attempt'];
    case 'failed':
      return ['sweep'];
    default:
      return state satisfies never;
  }
}
