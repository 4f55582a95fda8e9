/** The one function that moves an attempt: pure, so that any order of events can be replayed. protocol.md §4 */
import type { Seconds } from '#protocol/units.ts';
import * as aborted from './aborted.ts';
import * as agreeing from './agreeing.ts';
import * as announced from './announced.ts';
import type { Attempt, AttemptEvent, Effect, InnerEvent, MessageEvent } from './attempt.ts';
import { authenticityFlaw, wrongPhase } from './authentic.ts';
import { isRefusal, refuse, type Refusal } from './base.ts';
import * as confirming from './confirming.ts';
import * as drawing from './drawing.ts';
import { effectsOf } from './effects.ts';
import * as enrolling from './enrolling.ts';
import { withGrace } from './grace.ts';
import { slotOf } from './held.ts';
import * as masking from './masking.ts';
import { onOvertaken } from './overtaken.ts';
import * as receiving from './receiving.ts';
import * as settled from './settled.ts';
import * as settling from './settling.ts';
import * as sharing from './sharing.ts';
import * as unmasking from './unmasking.ts';

/** The state that follows, and what is newly to be done. The same state object: nothing changed. */
export type Step = Readonly<{ state: Attempt; effects: readonly Effect[] }> | Refusal;

export function transition(state: Attempt, event: AttemptEvent, now: Seconds): Step {
  const outcome = isMessage(event) ? onMessage(state, event, now) : onInner(state, event, now);
  if (isRefusal(outcome)) return outcome;
  const before = outcome === state ? effectsOf(outcome) : effectsOf(state);
  return { state: outcome, effects: effectsOf(outcome).filter((effect) => !before.includes(effect)) };
}

const inner: ReadonlySet<string> = new Set<InnerEvent['type']>([
  'deadline',
  'restart',
  'drawn',
  'agreed',
  'chain-aborted',
  'given-up',
  'aggregated',
  'settled',
  'overtaken',
  'quorum-refused',
  'fault-proven',
  'failed',
]);
const isMessage = (event: AttemptEvent): event is MessageEvent => !inner.has(event.type);

function onMessage(state: Attempt, event: MessageEvent, now: Seconds): Attempt | Refusal {
  const broken = authenticityFlaw(state, event);
  if (broken) return { refused: broken };
  switch (slotOf(state, event)) {
    case 'same':
      return state;
    case 'other':
      return refuse(
        `${event.type}/conflict`,
        `another ${event.type} of this sender is held already; it stays`,
      );
    case 'free':
      return inPhase(state, event, now);
  }
}

/** Each phase names the messages that it takes. */
function inPhase(state: Attempt, event: MessageEvent, now: Seconds): Attempt | Refusal {
  switch (state.phase) {
    case 'announced':
      if (event.type === 'enrolment') return announced.onEnrolment(state, event.envelope, now);
      break;
    case 'enrolling':
      if (event.type === 'enrolment') return enrolling.onEnrolment(state, event.envelope, now);
      break;
    case 'sharing':
      if (event.type === 'shares') return sharing.onShares(state, event.upload, now);
      break;
    case 'receiving':
      if (event.type === 'received') return receiving.onReceived(state, event.envelope, now);
      break;
    case 'masking':
      if (event.type === 'input') return masking.onInput(state, event.envelope, now);
      break;
    case 'confirming':
      if (event.type === 'confirm') return confirming.onConfirm(state, event.envelope, now);
      if (event.type === 'abort') return confirming.onAbort(state, event.envelope, now);
      break;
    case 'unmasking':
      if (event.type === 'unmasking') return unmasking.onUnmasking(state, event.upload);
      break;
    case 'settling':
      if (state.step === 'posting') break;
      if (event.type === 'attestation') return settling.onAttestation(state, event.upload);
      if (event.type === 'approval') return settling.onApproval(state, event.upload);
      if (event.type === 'refusal') return settling.onRefusal(state, event.envelope);
      break;
    case 'aborted':
      if (event.type === 'abort') return aborted.onAbort(state, event.envelope);
      break;
    case 'drawing':
    case 'agreeing':
    case 'settled':
    case 'failed':
      break;
    default:
      return state satisfies never;
  }
  return { refused: wrongPhase(state, event.type) };
}

function onInner(state: Attempt, event: InnerEvent, now: Seconds): Attempt | Refusal {
  switch (event.type) {
    case 'deadline':
      return now >= state.deadline ? onDeadline(state, now) : state;
    case 'restart':
      return withGrace(state, now);
    case 'drawn':
      if (state.phase === 'drawing') return drawing.onDrawn(state, event.draw, now);
      break;
    case 'agreed':
      if (state.phase === 'agreeing') return agreeing.onAgreed(state, now);
      break;
    case 'chain-aborted':
      if (state.phase === 'drawing') return drawing.onChainAbort(state);
      if (state.phase === 'agreeing') return agreeing.onChainAbort(state);
      if (state.phase === 'aborted') return aborted.onChainAborted(state);
      break;
    case 'given-up':
      if (state.phase === 'drawing') return drawing.onGivenUp(state, event.reason);
      if (state.phase === 'agreeing') return agreeing.onGivenUp(state, event.reason);
      break;
    case 'aggregated':
      if (state.phase === 'unmasking') return unmasking.onAggregated(state, event.result, now);
      break;
    case 'settled':
      if (state.phase === 'settling' && state.step === 'posting')
        return settling.onSettled(state, event.transaction);
      if (state.phase === 'settled') return settled.onSettledAgain(state, event.transaction);
      break;
    case 'overtaken':
      return onOvertaken(state, event.reason);
    case 'quorum-refused':
      if (state.phase === 'settling' && state.step === 'posting') return settling.onQuorumRefused(state);
      break;
    case 'fault-proven':
      if (state.phase === 'unmasking') return unmasking.onFault(state, event.reason, event.fault);
      break;
    case 'failed':
      if (state.phase === 'drawing') return drawing.onFailed(state, event.reason);
      if (state.phase === 'agreeing') return agreeing.onFailed(state, event.reason);
      if (state.phase === 'aborted') return aborted.onFailed(state, event.reason);
      if (state.phase === 'unmasking') return unmasking.onFailed(state, event.reason);
      if (state.phase === 'settling' && state.step === 'posting')
        return settling.onFailed(state, event.reason);
      break;
    default:
      return event satisfies never;
  }
  return { refused: wrongPhase(state, event.type) };
}

function onDeadline(state: Attempt, now: Seconds): Attempt {
  switch (state.phase) {
    case 'announced':
      return announced.onDeadline(state, now);
    case 'enrolling':
      return enrolling.onDeadline(state, now);
    case 'sharing':
      return sharing.onDeadline(state, now);
    case 'receiving':
      return receiving.onDeadline(state, now);
    case 'masking':
      return masking.onDeadline(state, now);
    case 'confirming':
      return confirming.onDeadline(state, now);
    case 'settling':
      return state.step === 'attesting' ? settling.onDeadline(state) : state;
    // What is on its way to the chain has no deadline. A confirmed attempt waits for members to return: it is never run again.
    case 'drawing':
    case 'agreeing':
    case 'unmasking':
    case 'settled':
    case 'aborted':
    case 'failed':
      return state;
    default:
      return state satisfies never;
  }
}
