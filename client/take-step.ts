/** What a client does in each phase of an attempt. protocol.md §4 */
import { isNear, type AttemptView, type NearView, type WholeView } from '#protocol/attempt-view.ts';
import { flaw, type Flaw } from '#protocol/flaw.ts';
import type { Attempt } from './attempt.ts';
import { confirmNear } from './near/confirm.ts';
import { maskNear, receiveNear, shareNear } from './near/mask.ts';
import { attestNear, unmaskNear } from './near/unmask.ts';
import { attest } from './steps/attest.ts';
import { confirm } from './steps/confirm.ts';
import { enrol } from './steps/enrol.ts';
import { keepFault } from './steps/fault.ts';
import { giveUp, giveUpEarlier } from './steps/give-up.ts';
import { mask } from './steps/mask.ts';
import { receive } from './steps/receive.ts';
import { keepAborts } from './steps/retry.ts';
import { share } from './steps/share.ts';
import { unmask } from './steps/unmask.ts';

/**
 * Acts on a view of the attempt, which may be seen any number of times.
 *
 * @returns why this client does not go along, or null
 * @throws TributaryError `coordinator/…`, `chain/…`, `ipfs/…`, `storage/full` and the coordinator's own codes: the
 *   same view may be tried again
 */
export async function takeStep(attempt: Attempt, view: AttemptView): Promise<Flaw | null> {
  const broken = viewFlaw(attempt, view);
  if (broken) return broken;
  return isNear(view) ? takeNear(attempt, view) : takeWhole(attempt, view);
}

async function takeWhole(attempt: Attempt, view: WholeView): Promise<Flaw | null> {
  keepAborts(attempt, view);
  switch (view.phase) {
    case 'announced':
    case 'enrolling':
      await giveUpEarlier(attempt, view);
      return enrol(attempt, view);
    case 'sharing':
      return acting(attempt, view.phase, () => share(attempt, view));
    case 'receiving':
      return acting(attempt, view.phase, () => receive(attempt, view));
    case 'masking':
      return acting(attempt, view.phase, () => mask(attempt, view));
    case 'confirming':
      return acting(attempt, view.phase, () => confirm(attempt, view));
    case 'unmasking':
      return acting(attempt, view.phase, () => unmask(attempt, view));
    case 'settling':
      return acting(attempt, view.phase, () => attest(attempt, view));
    case 'aborted':
      await giveUp(attempt, null);
      return null;
    case 'failed':
      return keepFault(attempt, view);
    case 'settled':
      return null;
    default:
      return view satisfies never;
  }
}

/** The same of a sparse attempt, from its roster on. protocol.md §4.9 */
async function takeNear(attempt: Attempt, view: NearView): Promise<Flaw | null> {
  switch (view.phase) {
    case 'sharing':
      return acting(attempt, view.phase, () => shareNear(attempt, view));
    case 'receiving':
      return acting(attempt, view.phase, () => receiveNear(attempt, view));
    case 'masking':
      return acting(attempt, view.phase, () => maskNear(attempt, view));
    case 'confirming':
      return acting(attempt, view.phase, () => confirmNear(attempt, view));
    case 'unmasking':
      return acting(attempt, view.phase, () => unmaskNear(attempt, view));
    case 'settling':
      return acting(attempt, view.phase, () => attestNear(attempt, view));
    case 'drawing':
    case 'agreeing':
    case 'settled':
      return null;
    default:
      return view satisfies never;
  }
}

/** The coordinator speaks of this attempt, of the terms on chain, and of the model that the last round gave. */
export function viewFlaw({ id, expected }: Pick<Attempt, 'id' | 'expected'>, view: AttemptView): Flaw | null {
  if (view.job !== id.job || view.round !== id.round || view.attempt !== id.attempt) {
    return flaw('view/other-attempt', 'the coordinator answered for another job, round or attempt');
  }
  if (view.terms !== expected.terms) {
    return flaw('view/other-terms', 'the coordinator runs other terms than the job has on chain');
  }
  return view.model === expected.model
    ? null
    : flaw(
        'view/other-model',
        `the coordinator shows model ${view.model}, the settled rounds give ${expected.model}`,
      );
}

type HeldPhase = 'sharing' | 'receiving' | 'masking' | 'confirming' | 'unmasking' | 'settling';

/** Whoever did not enrol only looks on. */
async function acting(
  attempt: Attempt,
  phase: HeldPhase,
  step: () => Promise<Flaw | null>,
): Promise<Flaw | null> {
  if (!attempt.record.decided('enrolment')) return null;
  await attempt.hold(phase);
  return step();
}
