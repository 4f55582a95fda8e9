/** `TRIBUTARY_HOLD=<phase>[@round]`: where a harness wants this process to stand still, to be killed there. */
import { z } from 'zod';
import { TributaryError } from '#crypto/error.ts';
import { phases, type Phase } from '#protocol/attempt-view.ts';

export type Hold<Point extends string = Phase> = Readonly<{ phase: Point; round: number | null }>;

const LOCAL_CHAIN = 31_337;

/**
 * @param more points beside the phases at which this process can stand still
 * @throws TributaryError `hold/refused` off the local chain, or for a phase that does not exist
 */
export function readHold<More extends string = never>(
  chainId: number,
  text = process.env['TRIBUTARY_HOLD'],
  more: readonly More[] = [],
): Hold<Phase | More> | null {
  if (text === undefined || text === '') return null;
  if (chainId !== LOCAL_CHAIN) {
    throw new TributaryError(
      'hold/refused',
      `TRIBUTARY_HOLD is for tests on chain ${LOCAL_CHAIN}, this is ${chainId}`,
    );
  }
  const [name, round] = text.split('@');
  const points = [...phases, ...more];
  const phase = z.enum<(Phase | More)[]>(points).safeParse(name);
  if (!phase.success || (round !== undefined && !/^[1-9]\d*$/.test(round))) {
    throw new TributaryError(
      'hold/refused',
      `TRIBUTARY_HOLD="${text}": write phase or phase@round (${points.join(', ')})`,
    );
  }
  return { phase: phase.data, round: round === undefined ? null : Number(round) };
}
