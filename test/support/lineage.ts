/** An honest job in blocks: terms, rounds with real masks, evidence. For tests to bend one thing at a time. */
import type { CID } from 'multiformats/cid';
import { putBlob } from '#datasets/blob.ts';
import type { Columns } from '#datasets/columns.ts';
import { writeBlock } from '#datasets/read-block.ts';
import { scratchStore, type ScratchStore } from '#datasets/scratch-store.ts';
import { sumFromEvidence } from '#model/evidence-sum.ts';
import type { Settled } from '#model/history.ts';
import { loadJob, type Job, type JobOnChain } from '#model/job.ts';
import { digestHex, loadModel, putInitialModel, type Model } from '#model/model-store.ts';
import { loadOptimiser } from '#model/optimiser-store.ts';
import { roundResult, type PreviousRound, type RoundResult } from '#model/round-result.ts';
import { tabularClassifier } from '#model/templates.ts';
import { parseTopology } from '#model/topology.ts';
import { evidenceByDefault } from '#protocol/evidence-terms.ts';
import { fromParameters } from '#protocol/aggregation.ts';
import type { Proposal } from '#protocol/attempt-view.ts';
import { cidOf } from '#protocol/dag.ts';
import type { Evidence, JobManifest } from '#protocol/manifests.ts';
import type { Recipe } from '#protocol/recipe/recipe.ts';
import { toAddress, toAmount, toDecimal, toSeconds } from '#protocol/units.ts';
import { cohort, digestOfText, domain, type Cohort } from './cohort.ts';

export const buyer = toAddress(`0x${'b0'.repeat(20)}`);
export const coordinator = toAddress(`0x${'c0'.repeat(20)}`);
const weights = [4, 2, 4, 1, 4];

export const recipe: Recipe = {
  kind: 'tributary/recipe',
  version: 2,
  loss: 'binaryCrossentropy',
  metrics: ['accuracy', 'logLoss'],
  optimiser: { name: 'sgd', momentum: toDecimal(0) },
  learningRate: { schedule: 'constant', rate: toDecimal(0.1) },
  local: { unit: 'epochs', count: 1 },
  batchSize: 8,
  proximal: toDecimal(0),
  server: { name: 'fedAvg', learningRate: toDecimal(1) },
  features: ['a', 'b'].map((name) => ({
    type: 'number',
    name,
    centre: toDecimal(0),
    scale: toDecimal(1),
    missing: 'refuse',
  })),
  label: { type: 'class', name: 'y', classes: ['0', '1'] },
};

/** The columns of a dataset that the recipe is for. */
export const recipeColumns: Columns = {
  columns: recipe.features.map(({ name }) => ({
    type: 'number',
    name,
    minimum: null,
    maximum: null,
    missing: false,
  })),
  label: { type: 'class', name: 'y', classes: ['0', '1'] },
};

export type LineageJob = Readonly<{
  store: ScratchStore;
  job: Job;
  chain: JobOnChain;
  initial: Model;
  manifest: JobManifest;
}>;

/** Five seats, three weights' worth of difference, three rounds. */
export async function lineageJob(server: Recipe['server'] = recipe.server): Promise<LineageJob> {
  const store = scratchStore();
  const json = tabularClassifier(2, 3);
  const topologyCid = await store.put('raw', new TextEncoder().encode(json));
  const topology = parseTopology(json);
  const seed = digestOfText('seed');
  const initial = await putInitialModel(store, topologyCid, topology, seed);
  const aggregation = fromParameters({
    bits: 16,
    clip: 1,
    range: 1,
    dimension: topology.dimension,
    maxWeight: 4,
    chunkWords: 8,
  });
  const seats = weights.map((_, seat) => ({ dataset: BigInt(seat + 1), token: BigInt(seat + 11), units: 3 }));
  const manifest: JobManifest = {
    kind: 'tributary/job',
    version: 2,
    ...domain,
    buyer,
    coordinator: { address: coordinator, url: 'http://127.0.0.1:7070' },
    datasets: seats.map(({ dataset, token, units }, seat) => ({
      dataset: Number(dataset),
      token: Number(token),
      units,
      descriptor: cidOf('raw', Uint8Array.of(seat)),
      weight: weights[seat] ?? 1,
    })),
    recipe: await writeBlock(store, { ...recipe, server }),
    aggregation: await writeBlock(store, aggregation),
    model: initial.cid,
    seed,
    rounds: 3,
    minimumCohort: 3,
    phases: { enrolling: 5, sharing: 5, masking: 5, confirming: 5, unmasking: 5, settling: 5 },
    bonusPool: toAmount(900n),
    evidence: evidenceByDefault,
  };
  const chain: JobOnChain = {
    job: 7,
    buyer,
    coordinator,
    terms: digestHex(await writeBlock(store, manifest)),
    rounds: 3,
    bonusPool: 900n,
    longWindow: 1_000,
    seats,
  };
  return { store, job: await loadJob(store, domain, chain), chain, initial, manifest };
}

export type LineageRound = Readonly<{
  members: Cohort;
  evidence: Evidence;
  evidenceCid: CID;
  sum: Float64Array;
  before: Model;
  result: RoundResult;
  proposal: Proposal;
  settled: Settled;
  previous: PreviousRound | null;
}>;

export const seatPrices = weights.map((_, seat) => ({ price: BigInt(1000 * (seat + 1)) }));

/** One more round after `earlier`; the evidence's blocks go into the same store. */
export async function lineageRound(
  { store, job, initial }: LineageJob,
  earlier: readonly LineageRound[],
  lostBeforeMasking: readonly number[] = [],
): Promise<LineageRound> {
  const round = earlier.length + 1;
  const last = earlier.at(-1);
  const before = last ? await loadModel(store, last.result.after.cid) : initial;
  const members = cohort({
    n: 5,
    id: { job: 7, round, attempt: 1 },
    expected: { ...job.digests, model: before.digest },
    parameters: job.parameters,
    weight: (member) => weights[member] ?? 1,
    lostBeforeMasking,
    seed: `round ${round}`,
  });
  const inputs = [];
  for (const { message, signature } of members.inputs) {
    inputs.push({ message, signature, vector: await putBlob(store, members.vectors.get(message.member)!) });
  }
  const evidence: Evidence = {
    kind: 'tributary/evidence',
    version: 1,
    ...domain,
    ...members.id,
    roster: [...members.roster.enrolments],
    shares: members.shares,
    inputs,
    confirmations: members.confirmations,
    secrets: members.secrets,
  };
  const evidenceCid = await writeBlock(store, evidence);
  const sum = await sumFromEvidence(store, members.frame, evidence, job, before.digest);
  const previous = last
    ? {
        manifest: last.result.manifest,
        transaction: last.settled.transaction,
        leaves: last.result.payouts.leaves,
        optimiser: await loadOptimiser(store, last.result.optimiser, job.parameters.dimension),
      }
    : null;
  const result = await roundResult(store, {
    job,
    seats: seatPrices,
    bonusPool: 900n,
    id: members.id,
    roster: members.roster,
    sharers: [...members.sharers],
    inputs: members.inputs,
    evidence: digestHex(evidenceCid),
    sum,
    before,
    previous,
  });
  return {
    members,
    evidence,
    evidenceCid,
    sum,
    before,
    result,
    previous,
    proposal: {
      manifest: result.digest,
      payoutRoot: result.payouts.root,
      total: result.payouts.total,
      participants: result.participants,
      deadline: toSeconds(2_000_000_000),
      evidence: digestHex(evidenceCid),
    },
    settled: {
      round,
      attempt: 1,
      manifest: result.digest,
      payoutRoot: result.payouts.root,
      transaction: digestOfText(`transaction ${round}`),
    },
  };
}

/** A copy of a block with some fields changed, stored beside the first. @returns its digest */
export async function forged(store: ScratchStore, value: object, change: object) {
  const cid = await writeBlock(store, { ...value, ...change });
  return { cid, digest: digestHex(cid) };
}
