/** The settled rounds of a job: manifests by the digests on chain, linked and consistent. protocol.md §6.2, §6.3 */
import type { CID } from 'multiformats/cid';
import { fromHex } from '#crypto/bytes.ts';
import { TributaryError } from '#crypto/error.ts';
import type { BlockSource } from '#datasets/blockstore.ts';
import { readBlock } from '#datasets/read-block.ts';
import { cidFromDigest } from '#protocol/dag.ts';
import { flaw, type Flaw } from '#protocol/flaw.ts';
import { payoutsSchema, roundSchema, type Payouts, type RoundManifest } from '#protocol/manifests.ts';
import type { Bytes32 } from '#protocol/units.ts';
import { loadAggregate, stepAfter } from './aggregate.ts';
import type { Job } from './job.ts';
import { digestHex, loadModel, putModel } from './model-store.ts';
import { loadOptimiser, putOptimiser } from './optimiser-store.ts';
import type { PreviousRound } from './round-result.ts';
import type { PayoutLeaf } from '#protocol/rules/payouts.ts';
import { scratchStore } from '#datasets/scratch-store.ts';

/** A settlement as the chain holds it, as far as the lineage must agree with it. */
export type Settled = Readonly<{
  round: number;
  attempt: number;
  manifest: Bytes32;
  payoutRoot: Bytes32;
  transaction: Bytes32;
  /** Of earlier postings of the same round and manifest, which a dispute voided; left out where there are none. */
  voidTransactions?: readonly Bytes32[];
}>;

export type RoundRecord = Readonly<{
  settlement: Settled;
  cid: CID;
  manifest: RoundManifest;
  payouts: Payouts;
}>;

/** A round as far as the next one links it. */
type LinkedRound = Pick<RoundRecord, 'cid' | 'settlement' | 'manifest'>;

/**
 * Walks the settlements from the first to the last.
 *
 * @param settlements ascending by round, from 1, without gaps
 * @param onRecord called with each round that holds, so that those before a broken one are known
 * @throws TributaryError `lineage/broken-link` where a manifest does not continue the one before it or does not
 *   belong to its settlement, and those of the blocks' readers
 */
export async function loadHistory(
  store: BlockSource,
  job: Job,
  settlements: readonly Settled[],
  onRecord: (record: RoundRecord) => void | Promise<void> = () => undefined,
): Promise<RoundRecord[]> {
  const records: RoundRecord[] = [];
  for (const settlement of settlements) {
    const cid = cidFromDigest('dag-cbor', fromHex(settlement.manifest));
    const manifest = await readBlock(store, cid, roundSchema, `the manifest of round ${settlement.round}`);
    const broken = linkFlaw(job, settlement, manifest, records.at(-1));
    if (broken) throw new TributaryError(broken.code, broken.detail);
    const payouts = await readBlock(
      store,
      manifest.payouts,
      payoutsSchema,
      `the payouts of round ${settlement.round}`,
    );
    if (payouts.root !== settlement.payoutRoot) {
      throw new TributaryError(
        'lineage/broken-link',
        `round ${settlement.round}: the manifest links other payouts than the chain settled`,
      );
    }
    const record = { settlement, cid, manifest, payouts };
    records.push(record);
    await onRecord(record);
  }
  return records;
}

/** Whether a manifest belongs to its settlement and continues the one before it; null where it does. */
export function linkFlaw(
  job: Job,
  settlement: Settled,
  manifest: RoundManifest,
  previous: LinkedRound | undefined,
): Flaw | null {
  const before = previous?.settlement;
  const reposted = before?.voidTransactions?.find((made) => made === manifest.previousTransaction);
  const wanted: Record<string, [unknown, unknown]> = {
    chain: [manifest.chainId, job.id.chainId],
    escrow: [manifest.escrow, job.id.escrow],
    job: [manifest.job, job.id.job],
    round: [manifest.round, settlement.round],
    attempt: [manifest.attempt, settlement.attempt],
    terms: [manifest.terms.toString(), job.terms.toString()],
    previous: [manifest.previous?.toString(), previous?.cid.toString()],
    previousTransaction: [manifest.previousTransaction ?? undefined, reposted ?? before?.transaction],
    optimiserBefore: [manifest.optimiserBefore?.toString(), previous?.manifest.optimiserAfter?.toString()],
    modelBefore: [
      manifest.modelBefore.toString(),
      (previous?.manifest.modelAfter ?? job.manifest.model).toString(),
    ],
  };
  for (const [link, [found, expected]] of Object.entries(wanted)) {
    if (found !== expected) {
      return flaw(
        'lineage/broken-link',
        `round ${settlement.round} → ${link}: ${String(found)} where ${String(expected)} belongs`,
      );
    }
  }
  return null;
}

/** Whether a round's model after, and what the server's optimiser keeps, follow from the linked aggregate, bit for bit. */
export async function transitionFlaw(
  store: BlockSource,
  job: Job,
  manifest: RoundManifest,
): Promise<Flaw | null> {
  const before = await loadModel(store, manifest.modelBefore);
  const summed = await loadAggregate(store, manifest.aggregate, job.parameters.dimension);
  const kept = await loadOptimiser(store, manifest.optimiserBefore, job.parameters.dimension);
  const { weights, state } = stepAfter(job, before.weights, summed, kept?.state ?? null);
  const after = await putModel(scratchStore(), before.topologyCid, before.topology, weights);
  if (!after.cid.equals(manifest.modelAfter)) {
    return flaw(
      'model/transition',
      `round ${manifest.round}: the linked aggregate gives model ${after.digest}, the manifest says ${digestHex(manifest.modelAfter)}`,
    );
  }
  const optimiser = state && (await putOptimiser(scratchStore(), state));
  return optimiser?.toString() === manifest.optimiserAfter?.toString()
    ? null
    : flaw(
        'model/optimiser-state',
        `round ${manifest.round}: the server's optimiser keeps ${String(optimiser)}, the manifest says ${String(manifest.optimiserAfter)}`,
      );
}

/** What the next round continues. @param leaves what all rounds so far earned, by the chain */
export async function continuing(
  store: BlockSource,
  job: Job,
  { cid, settlement, manifest }: LinkedRound,
  leaves: readonly PayoutLeaf[],
): Promise<PreviousRound> {
  return {
    manifest: cid,
    transaction: settlement.transaction,
    leaves,
    optimiser: await loadOptimiser(store, manifest.optimiserAfter, job.parameters.dimension),
  };
}
