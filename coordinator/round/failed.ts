/** Failed: secrets are open, but they give no sum that can be settled; the round is never run again. protocol.md §4.6, §4.10 */
import type { Fault } from '#protocol/fault.ts';
import type { AttemptBase } from './base.ts';

export type Failed = AttemptBase &
  Readonly<{
    phase: 'failed';
    reason: string;
    /** By whose fault, provably; null where it is no dealer's. */
    fault: Fault | null;
  }>;

export const fail = (
  { rules, deadline }: AttemptBase,
  reason: string,
  fault: Fault | null = null,
): Failed => ({
  phase: 'failed',
  rules,
  deadline,
  reason,
  fault,
});
