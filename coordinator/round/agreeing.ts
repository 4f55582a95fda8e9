/** Agreeing: every survivor confirmed; the escrow is told who they are, for ever. protocol.md §4.9, §5.4 */
import type { Seconds } from '#protocol/units.ts';
import { abort, onChainAborted, type Aborted } from './aborted.ts';
import { confirmedPart, later, type WithConfirmations } from './base.ts';
import { fail, type Failed } from './failed.ts';
import type { Unmasking } from './unmasking.ts';

/** The deadline is that of confirming and means nothing more: the chain takes its time. */
export type Agreeing = WithConfirmations & Readonly<{ phase: 'agreeing' }>;

export const agreeing = (confirmed: WithConfirmations): Agreeing => ({
  phase: 'agreeing',
  ...confirmedPart(confirmed),
});

/** The escrow holds these survivors, as deep as clients demand it. */
export const onAgreed = (state: Agreeing, now: Seconds): Unmasking => ({
  ...confirmedPart(state),
  phase: 'unmasking',
  deadline: later(now, state.rules.phases.unmasking),
  unmaskings: [],
});

/** The escrow takes no survivors any more. */
export const onGivenUp = (state: Agreeing, reason: string): Aborted => abort(state, reason, []);

/** Somebody aborted the attempt after its time, before it was agreed on. */
export const onChainAbort = (state: Agreeing): Aborted =>
  onChainAborted(abort(state, 'the escrow holds that the attempt is aborted', []));

/** The escrow holds other survivors: nobody opens these. */
export const onFailed = (state: Agreeing, reason: string): Failed => fail(state, reason);
