/** The test hook: a job stands still for ever at a known point, as it has entered a phase, to be killed there. DESIGN §6 */
import type { Phase } from '#protocol/attempt-view.ts';
import type { Attempt } from '../round/attempt.ts';

/** Inside of the settlement's transaction: on disk, taken by the node, its receipt seen; nothing of it known on disk yet. */
export const settlingPoints = [
  'settling-before-broadcast',
  'settling-after-broadcast',
  'settling-after-receipt',
] as const;

/** `round`: null for any. */
export type Hold = Readonly<{ phase: Phase | (typeof settlingPoints)[number]; round: number | null }>;

/** The line to print where the hook applies to an attempt that has just entered its phase; null where it does not. */
export function heldLine(hold: Hold | null, before: Attempt | null, entered: Attempt): string | null {
  const { round } = entered.rules.expected;
  if (!hold || before?.phase === entered.phase || hold.phase !== entered.phase) return null;
  return hold.round === null || hold.round === round ? `held: ${entered.phase} round ${round}` : null;
}

/** What a held job answers with. */
export const forever = (): Promise<never> => new Promise(() => undefined);
