/** Failed: secrets are open, but they give no sum that can be settled; the round is never run again. protocol.md §4.6 */
import type { AttemptBase } from './base.ts';

export type Failed = AttemptBase & Readonly<{ phase: 'failed'; reason: string }>;

export const fail = ({ rules, deadline }: AttemptBase, reason: string): Failed => ({
  phase: 'failed',
  rules,
  deadline,
  reason,
});
