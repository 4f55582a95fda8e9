/** Second run: a true round is disputed by a liar; the coordinator defends it by itself. protocol.md §5.6 */
import type { ChainView } from '../chain-view.ts';
import { succeed } from '../processes.ts';
import type { Stack } from '../stack.ts';
import { untilChallenged, untilConcluded, untilDefended } from './disputes-on-chain.ts';
import { JUDGEMENT_SECONDS, untilFinished, verdictText, type Disputed } from './false-root.ts';
import { ROUND_SECONDS, tellRounds, type Watched } from './opening.ts';
import type { Say } from './story.ts';

/** The liar's home. */
export const SLANDERER = 'slanderer';

export async function playSlander(
  stack: Stack,
  view: ChainView,
  watched: Watched,
  { rounds, say }: Readonly<{ rounds: number; say: Say }>,
): Promise<Disputed> {
  const { job } = watched.buyer;
  const telling = tellRounds(
    watched,
    Array.from({ length: rounds + 1 }, (_, at) => at),
    say,
  );
  const settled = Promise.all([telling, untilFinished(watched, rounds)]);
  // Told by the await below, unless the dispute fails before.
  settled.catch(() => undefined);

  await watched.settled(1);
  say('round 1: a liar disputes the true round: tributary dispute challenge --force');
  await succeed(['dispute', 'challenge', '--job', job, '--round', '1', '--force'], stack.home(SLANDERER));
  const challenged = await untilChallenged(view, job, ROUND_SECONDS);
  await untilDefended(view, challenged, ROUND_SECONDS);
  say('round 1: the coordinator has recomputed it, and defends it by itself');
  const verdict = await untilConcluded(view, challenged, JUDGEMENT_SECONDS);
  say(`round 1: ${verdictText(verdict)}`);
  await settled;
  return { ...challenged, ...verdict, job, by: SLANDERER };
}
