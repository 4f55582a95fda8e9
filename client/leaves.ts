/** The payout leaves of a settled round, whoever still has them, held against the root on chain. protocol.md §5.2, §5.3 */
import { fromHex } from '#crypto/bytes.ts';
import { TributaryError } from '#crypto/error.ts';
import type { JobFacts, SettlementOnChain } from '#contracts/job-facts.ts';
import type { BlockSource } from '#datasets/blockstore.ts';
import { readBlock } from '#datasets/read-block.ts';
import { cidFromDigest } from '#protocol/dag.ts';
import { payoutsSchema, roundSchema } from '#protocol/manifests.ts';
import { payoutRoot, type PayoutLeaf } from '#protocol/rules/payouts.ts';
import type { Domain } from '#protocol/typed-data.ts';
import { earnedPayouts } from './earned.ts';
import type { Lineage } from './lineage.ts';

/** Where leaves may be: the owner's own copies, and IPFS. */
export type LeafSources = Readonly<{ domain: Domain; store: BlockSource; lineage: Lineage | null }>;

/**
 * Rebuilt from the chain's bitmaps, which needs nobody; where the root on chain says otherwise, from the home or
 * from the round's manifest.
 *
 * @throws TributaryError `claim/no-leaves` where none of them hash to the root, and those of the store
 */
export async function settledLeaves(
  sources: LeafSources,
  facts: JobFacts,
  settlement: SettlementOnChain,
): Promise<readonly PayoutLeaf[]> {
  const matches = (leaves: readonly PayoutLeaf[] | undefined): leaves is readonly PayoutLeaf[] =>
    leaves?.length === facts.seats.length && payoutRoot(facts.job, leaves) === settlement.payoutRoot;

  const upToThis = facts.settlements.filter(({ round }) => round <= settlement.round);
  const earned = earnedPayouts({ ...facts, settlements: upToThis })?.leaves;
  if (matches(earned)) return earned;
  const kept = sources.lineage?.payouts(sources.domain, { job: facts.job, round: settlement.round })?.leaves;
  if (matches(kept)) return kept;
  const published = await publishedLeaves(sources.store, settlement);
  if (matches(published)) return published;
  throw new TributaryError(
    'claim/no-leaves',
    `round ${settlement.round} of job ${facts.job}: no leaves hash to the root on chain; ask another participant for them`,
  );
}

async function publishedLeaves(
  store: BlockSource,
  { manifest, round }: SettlementOnChain,
): Promise<PayoutLeaf[]> {
  const cid = cidFromDigest('dag-cbor', fromHex(manifest));
  const block = await readBlock(store, cid, roundSchema, `the manifest of round ${round}`);
  const payouts = await readBlock(store, block.payouts, payoutsSchema, `the payouts of round ${round}`);
  return payouts.leaves;
}
