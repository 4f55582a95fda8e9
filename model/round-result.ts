/** From a summed round to what is proposed for settlement; the same code for all who recompute it. protocol.md §4.7, §6.2 */
import type { CID } from 'multiformats/cid';
import type { BlockStore } from '#datasets/blockstore.ts';
import type { AttemptId } from '#protocol/job-id.ts';
import type { Payouts } from '#protocol/manifests.ts';
import type { Input, Signed } from '#protocol/messages.ts';
import { seatBitmap } from '#protocol/rules/bitmap.ts';
import { roundBlocks } from '#protocol/rules/manifest.ts';
import { noPayouts, payoutsAfter, type PayoutLeaf, type SeatPrice } from '#protocol/rules/payouts.ts';
import type { Roster } from '#protocol/rules/roster.ts';
import type { Bytes32, Hex } from '#protocol/units.ts';
import { putAggregate, weightSumOf, stepAfter } from './aggregate.ts';
import type { Job } from './job.ts';
import { putModel, type Model } from './model-store.ts';
import { putOptimiser, type KeptOptimiser } from './optimiser-store.ts';

/** The settled round before this one. */
export type PreviousRound = Readonly<{
  manifest: CID;
  transaction: Bytes32;
  leaves: readonly PayoutLeaf[];
  /** What the server's optimiser kept; null where it keeps none. */
  optimiser: KeptOptimiser | null;
}>;

export type RoundInputs = Readonly<{
  job: Job;
  /** The job's seats, in seat order, at the prices the escrow froze. */
  seats: readonly SeatPrice[];
  bonusPool: bigint;
  id: AttemptId;
  roster: Roster;
  /** U2, ascending. */
  sharers: readonly number[];
  /** U3's signed inputs. */
  inputs: readonly Signed<Input>[];
  evidence: Bytes32;
  /** Σ q over U3: exact integers. */
  sum: Float64Array;
  before: Model;
  previous: PreviousRound | null;
}>;

export type RoundResult = Readonly<{
  manifest: CID;
  /** What the escrow stores of the manifest. */
  digest: Bytes32;
  aggregate: CID;
  after: Model;
  /** What the server's optimiser keeps; null where it keeps nothing. */
  optimiser: CID | null;
  payouts: Payouts;
  /** Bitmap over the seats. */
  participants: Hex;
}>;

/** Computes a round's aggregate, model, payouts and manifest, and puts every block into `store`. */
export async function roundResult(store: BlockStore, round: RoundInputs): Promise<RoundResult> {
  const { job, before } = round;
  const seats = round.inputs.map(({ message }) => seatOf(round.roster, message.member));
  const summed = { sum: round.sum, weightSum: weightSumOf(job, seats), survivors: seats.length };
  const aggregate = await putAggregate(store, summed);
  const kept = round.previous?.optimiser ?? null;
  const { weights, state } = stepAfter(job, before.weights, summed, kept?.state ?? null);
  const after = await putModel(store, before.topologyCid, before.topology, weights);
  const optimiser = state && (await putOptimiser(store, state));
  const payouts = payoutsAfter(
    { job: job.id.job, rounds: job.manifest.rounds, bonusPool: round.bonusPool, seats: round.seats },
    round.previous?.leaves ?? noPayouts(round.seats.length),
    seats,
  );
  const blocks = roundBlocks({
    domain: job.id,
    id: round.id,
    terms: job.terms,
    previous: round.previous?.manifest ?? null,
    previousTransaction: round.previous?.transaction ?? null,
    modelBefore: before.cid,
    aggregate,
    modelAfter: after.cid,
    optimiserBefore: kept?.cid ?? null,
    optimiserAfter: optimiser,
    roster: round.roster,
    sharers: round.sharers,
    inputs: round.inputs,
    evidence: round.evidence,
    payouts,
  });
  await store.put('dag-cbor', blocks.roster.bytes);
  await store.put('dag-cbor', blocks.payouts.bytes);
  await store.put('dag-cbor', blocks.manifest.bytes);
  return {
    manifest: blocks.manifest.cid,
    digest: blocks.digest,
    aggregate,
    after,
    optimiser,
    payouts,
    participants: seatBitmap(seats, round.seats.length),
  };
}

/** The seat that a member of the roster holds. */
export const seatOf = (roster: Roster, member: number): number => roster.members[member]?.seat ?? -1;
