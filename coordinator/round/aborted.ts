/** Aborted: ended without a sum. Aborts are still taken: T of them permit a retry. protocol.md §4.5, §4.8 */
import type { Abort, Enrolment, Signed } from '#protocol/messages.ts';
import type { AttemptBase } from './base.ts';
import { byMember, inserted } from './slots.ts';

export type Aborted = AttemptBase &
  Readonly<{
    phase: 'aborted';
    reason: string;
    /** The frozen roster; empty where none was frozen, and then nobody need abort. */
    enrolments: readonly Signed<Enrolment>[];
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
  aborts: [],
});

/** Ends an attempt whose members may have sent inputs. */
export const abort = (
  { rules, deadline, enrolments }: AttemptBase & Readonly<{ enrolments: readonly Signed<Enrolment>[] }>,
  reason: string,
  aborts: readonly Signed<Abort>[],
): Aborted => ({ phase: 'aborted', rules, deadline, reason, enrolments, aborts });

/** A member that learns only now how the attempt ended; its slot is free and its signature was checked. */
export const onAbort = (state: Aborted, envelope: Signed<Abort>): Aborted => ({
  ...state,
  aborts: inserted(state.aborts, envelope, byMember),
});
