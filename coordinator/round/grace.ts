/** After a restart members get the present phase once more: they could not reach the coordinator. protocol.md §4 */
import type { Seconds } from '#protocol/units.ts';
import type { Attempt } from './attempt.ts';
import { later } from './base.ts';

/** The same attempt with the same roster; only its deadline moves, and never back. */
export function withGrace(state: Attempt, now: Seconds): Attempt {
  const phase = timedPhase(state);
  if (phase === null) return state;
  const deadline = later(now, state.rules.phases[phase]);
  return deadline > state.deadline ? { ...state, deadline } : state;
}

/** The phase of the terms whose time is running; null where the attempt waits for nobody's message. */
function timedPhase(state: Attempt): keyof Attempt['rules']['phases'] | null {
  switch (state.phase) {
    case 'announced':
      return 'enrolling';
    case 'receiving':
      return 'sharing';
    case 'enrolling':
    case 'sharing':
    case 'masking':
    case 'confirming':
    case 'unmasking':
      return state.phase;
    case 'settling':
      return state.step === 'attesting' ? 'settling' : null;
    // The coordinator's own dealings with the chain have no deadline.
    case 'drawing':
    case 'agreeing':
    case 'settled':
    case 'aborted':
    case 'failed':
      return null;
    default:
      return state satisfies never;
  }
}
