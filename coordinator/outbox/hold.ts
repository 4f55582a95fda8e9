/** The test hook inside of a settlement: an outbox stands still for ever at one of its points, to be killed there. DESIGN §6 */
import { forever, type Hold } from '../driver/hold.ts';
import type { OutboxParts } from './parts.ts';
import { settledRound } from './purpose.ts';

/** @param onHeld told the line to print */
export const holding =
  (hold: Hold | null, onHeld: (line: string) => void): OutboxParts['reached'] =>
  async (point, { purpose }) => {
    const round = settledRound(purpose);
    if (round === null || hold?.phase !== `settling-${point}`) return;
    if (hold.round !== null && hold.round !== round) return;
    onHeld(`held: ${hold.phase} round ${round}`);
    return forever();
  };
