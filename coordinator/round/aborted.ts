/**
 * Aborted: ended without a sum. Aborts are still taken: T of them permit a retry. Of a sparse attempt the escrow must hold
 * that it is aborted before another begins. protocol.md §4.5, §4.8, §4.9
 */
import type { Draw } from '#protocol/manifests.ts';
import type { Abort, Enrolment, Signed } from '#protocol/messages.ts';
import type { AttemptBase, WithRoster } from './base.ts';
import { fail, type Failed } from './failed.ts';
import { byMember, inserted } from './slots.ts';

export type Aborted = AttemptBase &
  Readonly<{
    phase: 'aborted';
    reason: string;
    /** The frozen roster; empty where none was frozen, and then nobody need abort. */
    enrolments: readonly Signed<Enrolment>[];
    draw: Draw | null;
    /** What the escrow keeps of it: nothing; perhaps its roster, so that it must be told of the end; or the end. */
    onChain: 'nothing' | 'open' | 'aborted';
    /** By ascending member. */
    aborts: readonly Signed<Abort>[];
  }>;

/** Ends an attempt whose roster was never frozen. */
export const abandon = ({ rules, deadline }: AttemptBase, reason: string): Aborted => ({
  phase: 'aborted',
  rules,
  deadline,
  reason,
  enrolments: [],
  draw: null,
  onChain: 'nothing',
  aborts: [],
});

/** Ends an attempt whose members may have sent inputs. */
export const abort = (
  { rules, deadline, enrolments, draw }: WithRoster,
  reason: string,
  aborts: readonly Signed<Abort>[],
): Aborted => ({
  phase: 'aborted',
  rules,
  deadline,
  reason,
  enrolments,
  draw,
  onChain: draw ? 'open' : 'nothing',
  aborts,
});

/** The escrow holds that the attempt is aborted, or nothing of it: another may begin. */
export const onChainAborted = (state: Aborted): Aborted => ({ ...state, onChain: 'aborted' });

/** A member that learns only now how the attempt ended; its slot is free and its signature was checked. */
export const onAbort = (state: Aborted, envelope: Signed<Abort>): Aborted => ({
  ...state,
  aborts: inserted(state.aborts, envelope, byMember),
});

/** The escrow holds survivors of it, by another hand than this coordinator's present one. */
export const onFailed = (state: Aborted, reason: string): Failed => fail(state, reason);
