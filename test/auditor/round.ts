/** One honest round of a job: real keys, signatures, shares and masks, its evidence, and what is proposed of it. */
import type { CID } from 'multiformats/cid';
import { halfRange } from '#crypto/parameters.ts';
import { putBlob } from '#datasets/blob.ts';
import type { BlockStore } from '#datasets/blockstore.ts';
import { writeBlock } from '#datasets/read-block.ts';
import type { Job } from '#model/job.ts';
import { digestHex, type Model } from '#model/model-store.ts';
import { roundResult, type PreviousRound, type RoundResult } from '#model/round-result.ts';
import type { AttemptId } from '#protocol/job-id.ts';
import type { Draw, Evidence } from '#protocol/manifests.ts';
import type { SeatPrice } from '#protocol/rules/payouts.ts';
import { cohort, type Cohort } from '#test/support/cohort.ts';

export type MadeRound = Readonly<{ cohort: Cohort; evidence: CID; result: RoundResult }>;

export type RoundPlan = Readonly<{
  job: Job;
  seats: readonly SeatPrice[];
  bonusPool: bigint;
  id: AttemptId;
  /** Seats 0 to n − 1 enrol. */
  n: number;
  /** Members that share and never upload. */
  lost?: readonly number[];
  /** What draws the graph; null where it is complete. */
  draw?: Draw | null;
  before: Model;
  previous: PreviousRound | null;
}>;

/** @param store takes the lineage's blocks, `evidenceStore` the evidence's */
export async function makeRound(
  store: BlockStore,
  evidenceStore: BlockStore,
  { job, seats, bonusPool, id, n, lost = [], draw = null, before, previous }: RoundPlan,
): Promise<MadeRound> {
  const { chainId, escrow } = job.id;
  const members = cohort({
    n,
    id,
    on: { chainId, escrow },
    expected: { model: before.digest, ...job.digests },
    parameters: job.parameters,
    lostBeforeMasking: lost,
    ...(draw && { draw, seats: seats.length }),
    weight: (member) => job.manifest.datasets[member]?.weight ?? 1,
    seed: `round ${id.round}`,
  });
  const evidence = await putEvidence(evidenceStore, job, members);
  const result = await roundResult(store, {
    job,
    seats,
    bonusPool,
    id,
    roster: members.roster,
    sharers: [...members.sharers],
    inputs: members.inputs,
    evidence: digestHex(evidence),
    sum: sumOf(members),
    before,
    previous,
  });
  return { cohort: members, evidence, result };
}

async function putEvidence(store: BlockStore, { id: { chainId, escrow } }: Job, round: Cohort): Promise<CID> {
  const inputs: Evidence['inputs'] = [];
  for (const input of round.inputs) {
    const vector = round.vectors.get(input.message.member) ?? new Uint8Array();
    inputs.push({ ...input, vector: await putBlob(store, vector) });
  }
  return writeBlock(store, {
    kind: 'tributary/evidence',
    version: 1,
    chainId,
    escrow,
    ...round.id,
    roster: [...round.roster.enrolments],
    shares: round.shares,
    inputs,
    confirmations: round.confirmations,
    secrets: round.secrets,
  } satisfies Evidence);
}

/** Σ q over the survivors, from the quantised vectors themselves: no mask is involved. */
function sumOf({ quantised, parameters }: Cohort): Float64Array {
  const sum = new Float64Array(parameters.dimension);
  for (const words of quantised.values()) {
    words.forEach((word, at) => (sum[at] = (sum[at] ?? 0) + word - halfRange(parameters.bits)));
  }
  return sum;
}
