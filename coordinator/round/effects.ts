/** What is to be done outside of a state; derived from it alone, so that a restart finds it again. protocol.md §4 */
import type { Attempt, Effect } from './attempt.ts';
import { canAggregate } from './unmasking.ts';

export function effectsOf(state: Attempt): readonly Effect[] {
  switch (state.phase) {
    case 'announced':
    case 'enrolling':
    case 'sharing':
    case 'receiving':
    case 'masking':
      return [];
    case 'drawing':
      return ['commit-roster'];
    case 'confirming':
      return ['sweep'];
    case 'agreeing':
      return ['fix-survivors'];
    case 'unmasking': {
      const wanted: Effect[] = canAggregate(state) ? ['aggregate'] : [];
      // Who did not confirm was left out: its vector is no survivor's.
      return state.draw ? ['sweep', ...wanted] : wanted;
    }
    case 'settling':
      return state.step === 'attesting' ? ['sweep'] : ['settle'];
    case 'settled':
      return ['next-round'];
    case 'aborted':
      return ['sweep', state.onChain === 'open' ? 'abort-on-chain' : 'next-attempt'];
    case 'failed':
      return ['sweep'];
    default:
      return state satisfies never;
  }
}
