/** First run: the coordinator posts a false payout root, and defends it; a client disputes it by itself. protocol.md §5.6 */
import type { ChainView } from '../chain-view.ts';
import { succeed } from '../processes.ts';
import type { Stack } from '../stack.ts';
import { untilChallenged, untilConcluded, type Challenged, type Verdict } from './disputes-on-chain.ts';
import { ROUND_SECONDS, tellRounds, type People, type Watched } from './opening.ts';
import type { Say } from './story.ts';

export type Disputed = Challenged &
  Verdict &
  Readonly<{
    job: string;
    /** Who disputed it. */
    by: string;
  }>;

/** `left`: seconds before the posting would have been final by its window. */
export type FalseRoot = Disputed & Readonly<{ left: number }>;

/** @param round that is posted falsely */
export async function playFalseRoot(
  stack: Stack,
  view: ChainView,
  { owners }: People,
  watched: Watched,
  { rounds, round, say }: Readonly<{ rounds: number; round: number; say: Say }>,
): Promise<FalseRoot> {
  const { job } = watched.buyer;
  const telling = tellRounds(
    watched,
    Array.from({ length: rounds + 1 }, (_, at) => at),
    say,
  );
  const settled = Promise.all([telling, untilFinished(watched, rounds)]);
  // Told by the await below, unless the dispute fails before.
  settled.catch(() => undefined);

  const challenged = await untilChallenged(view, job, ROUND_SECONDS * (round + 1));
  const by = owners.find(({ operator }) => operator === challenged.challenger)?.name ?? challenged.challenger;
  const left = await windowLeft(view, job);
  say(
    `round ${challenged.round}: a false payout root was posted; the client of ${by} disputes it by itself, ${left} s before it is final`,
  );
  say('the coordinator, by hand, defends its falsehood: tributary dispute defend --force');
  await succeed(
    ['dispute', 'defend', '--job', job, '--round', String(challenged.round), '--force'],
    stack.home('coordinator'),
  );
  const verdict = await untilConcluded(view, challenged, JUDGEMENT_SECONDS);
  say(`round ${challenged.round}: ${verdictText(verdict)}`);
  await settled;
  say(`job ${job}: all ${rounds} rounds stand, round ${challenged.round} as it was posted again`);
  return { ...challenged, ...verdict, job, by, left };
}

/** Recomputing a round takes a slow machine its time. */
export const JUDGEMENT_SECONDS = 300;

export const verdictText = ({ outcome, judged }: Verdict): string =>
  judged
    ? `the arbiter has recomputed it: ${outcome}`
    : `${outcome}, and not by the arbiter: a deadline decided`;

/** The buyer's watch ends when nothing can be taken back any more. */
export const untilFinished = ({ watch }: Watched, rounds: number): Promise<unknown> =>
  watch.until('the end of the job', ({ event }) => event === 'finished', ROUND_SECONDS * (rounds + 2));

/** Seconds until the last posting would be final by its window. */
async function windowLeft({ contracts, now, numberOf }: ChainView, job: string): Promise<number> {
  const { readyAt } = await contracts.escrow.read.jobOf(BigInt(numberOf(job)));
  return Number(readyAt) - (await now());
}
