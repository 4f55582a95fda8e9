/** Overtaken: the round is settled on chain, and what is left of it here is older. It is never settled again. protocol.md §5.3 */
import { abandon } from './aborted.ts';
import type { Attempt } from './attempt.ts';

/** Nobody need abort what is settled, and the escrow need be told of nothing: the job goes on behind it. */
export function onOvertaken(state: Attempt, reason: string): Attempt {
  switch (state.phase) {
    case 'announced':
    case 'enrolling':
    case 'drawing':
    case 'sharing':
    case 'receiving':
    case 'masking':
    case 'confirming':
    case 'agreeing':
    case 'unmasking':
    case 'settling':
      return abandon(state, reason);
    case 'aborted':
      return state.onChain === 'open' ? { ...state, onChain: 'nothing' } : state;
    case 'settled':
    case 'failed':
      return state;
    default:
      return state satisfies never;
  }
}
