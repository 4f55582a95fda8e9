/** What a sparse job needs of its size and its chain: asked before anything is published or paid. protocol.md §3.8, §5.4 */
import type { Contracts } from '#contracts/connect.ts';
import { confirmationsFor } from '#contracts/provider.ts';
import { TributaryError } from '#crypto/error.ts';
import { toSparseTerms } from '#protocol/aggregation.ts';
import { toError } from '#protocol/flaw.ts';
import { isSparse, unsafeFlaw } from '#protocol/rules/sparse.ts';
import { blockSeconds } from './chain-time.ts';
import type { Plan } from './plan.ts';

/**
 * A roster of all the datasets has a safe graph, and a round is not over before its graph can be drawn.
 *
 * @throws TributaryError `parameters/no-safe-graph`, `parameters/adversity`, `launch/round-timeout-too-short`, `chain/…`
 */
export async function assertSparseRuns(
  contracts: Contracts,
  { datasets, aggregation, windows: { roundTimeout } }: Pick<Plan, 'datasets' | 'aggregation' | 'windows'>,
): Promise<void> {
  const terms = toSparseTerms(aggregation);
  if (!isSparse(terms, datasets.length)) return;
  const unsafe = unsafeFlaw(datasets.length, terms);
  if (unsafe) throw toError(unsafe);

  const wait = await chainWait(contracts);
  if (roundTimeout > wait) return;
  throw new TributaryError(
    'launch/round-timeout-too-short',
    `a sparse round waits some ${wait} s for the chain, and anyone may abort it ${roundTimeout} s after its roster stands there: give a round timeout of more than ${wait} s, and the phases' time beside it`,
  );
}

/** Seconds for the seed's block, and for both the draw and the survivors to be deep enough. */
async function chainWait(contracts: Contracts): Promise<number> {
  const offset = await contracts.escrow.read.seedOffset();
  const blocks = offset + 2 * confirmationsFor(contracts.deployment.chainId);
  return Math.ceil(blocks * (await blockSeconds(contracts)));
}
