/** The terms of the job that tests audit, its datasets, and what the chain says of it before a round is settled. */
import type { CID } from 'multiformats/cid';
import type { AuditFacts } from '#auditor/facts.ts';
import type { JobFacts } from '#contracts/job-facts.ts';
import { describeDataset } from '#datasets/descriptor.ts';
import { makePolicy } from '#datasets/policy.ts';
import { writeBlock } from '#datasets/read-block.ts';
import type { ScratchStore } from '#datasets/scratch-store.ts';
import { digestHex, putInitialModel } from '#model/model-store.ts';
import { tabularClassifier } from '#model/templates.ts';
import { parseTopology } from '#model/topology.ts';
import { fromParameters, type SparseTerms } from '#protocol/aggregation.ts';
import type { Draw, JobManifest } from '#protocol/manifests.ts';
import type { Recipe } from '#protocol/recipe/recipe.ts';
import { toAddress, toAmount, toDecimal, type Address } from '#protocol/units.ts';
import { digestOfText, domain, operatorAddress } from '#test/support/cohort.ts';
import { draw, terms, twelve } from '#test/support/near.ts';

export const seatsInJob = 6;
export const jobNumber = 7;
export const buyer = toAddress(`0x${'b0'.repeat(20)}`);
export const coordinator = toAddress(`0x${'c0'.repeat(20)}`);
export const ownerOf = (seat: number): Address => toAddress(`0x${(seat + 1).toString(16).padStart(40, '0')}`);
const weights = [4, 4, 2, 2, 1, 4];
const weightOf = (seat: number) => weights[seat % weights.length] ?? 1;
export const features = ['radius', 'texture', 'area'];

const parameters = { bits: 12, clip: 1, range: 1, maxWeight: 4, chunkWords: 8 };

/** How many seats the job has, and what is done in them. */
export type Shape = Readonly<{
  seats: number;
  enrolled: number;
  sparse: SparseTerms | null;
  /** What draws each round's graph. */
  draws: readonly (Draw | null)[];
  claims: AuditFacts['claims'];
}>;

export const complete: Shape = {
  seats: seatsInJob,
  enrolled: 5,
  sparse: null,
  draws: [null, null],
  claims: [
    { seat: 0, round: 1, units: 1, bonus: 100n, amount: 120n },
    { seat: 0, round: 2, units: 1, bonus: 125n, amount: 145n },
    { seat: 3, round: 2, units: 1, bonus: 100n, amount: 123n },
  ],
};
export const sparse: Shape = {
  seats: 14,
  enrolled: twelve,
  sparse: terms,
  draws: [draw, { ...draw, seedBlock: draw.seedBlock + 20, randao: digestOfText('later randao') }],
  claims: [],
};

export const ownersOf = ({ seats }: Shape): Address[] =>
  Array.from({ length: seats }, (_, seat) => ownerOf(seat));

const policyOf = (seat: number, owners: readonly Address[]) =>
  makePolicy({
    peers: owners.filter((_, other) => other !== seat),
    minimumCohort: 4,
    minimumPrice: 10n,
    maximumRounds: 5,
    layers: ['Dense'],
    coordinators: [coordinator],
  });

export const descriptorOf = (seat: number, owners = ownersOf(complete)): Uint8Array =>
  describeDataset({
    name: `clinic ${seat}`,
    description: 'measurements',
    license: 'https://spdx.org/licenses/CC-BY-4.0.html',
    creator: `clinic ${seat}`,
    datePublished: '2026-11-24',
    url: null,
    columns: features.map((name) => ({ type: 'number', name, minimum: null, maximum: null, missing: false })),
    label: { type: 'class', name: 'malignant', classes: ['no', 'yes'] },
    rowsBucket: weightOf(seat),
    rowsRoot: digestOfText(`rows ${seat}`),
    policy: policyOf(seat, owners),
  });

export const recipe: Recipe = {
  kind: 'tributary/recipe',
  version: 2,
  loss: 'binaryCrossentropy',
  metrics: ['accuracy', 'logLoss'],
  optimiser: { name: 'sgd', momentum: toDecimal(0) },
  learningRate: { schedule: 'constant', rate: toDecimal(0.5) },
  local: { unit: 'epochs', count: 1 },
  batchSize: 16,
  proximal: toDecimal(0),
  server: { name: 'fedAvg', learningRate: toDecimal(1) },
  features: features.map((name) => ({
    type: 'number',
    name,
    centre: toDecimal(0),
    scale: toDecimal(1),
    missing: 'refuse',
  })),
  label: { type: 'class', name: 'malignant', classes: ['no', 'yes'] },
};

export async function putTerms(store: ScratchStore, server: Recipe['server'], shape: Shape): Promise<CID> {
  const owners = ownersOf(shape);
  const topologyCid = await store.put('raw', new TextEncoder().encode(tabularClassifier(features.length, 3)));
  const topology = parseTopology(tabularClassifier(features.length, 3));
  const seed = digestOfText('seed');
  const descriptors = await Promise.all(
    owners.map((_, seat) => store.put('raw', descriptorOf(seat, owners))),
  );
  return writeBlock(store, {
    kind: 'tributary/job',
    version: 2,
    chainId: domain.chainId,
    escrow: domain.escrow,
    buyer,
    coordinator: { address: coordinator, url: 'http://127.0.0.1:8080' },
    datasets: descriptors.map((descriptor, seat) => ({
      dataset: seat + 1,
      token: seat + 101,
      units: 2,
      descriptor,
      weight: weightOf(seat),
    })),
    recipe: await writeBlock(store, { ...recipe, server }),
    aggregation: await writeBlock(
      store,
      fromParameters({ ...parameters, dimension: topology.dimension }, 'nearest', shape.sparse),
    ),
    model: (await putInitialModel(store, topologyCid, topology, seed)).cid,
    seed,
    rounds: 2,
    minimumCohort: 4,
    phases: { enrolling: 10, sharing: 10, masking: 10, confirming: 10, unmasking: 10, settling: 10 },
    bonusPool: toAmount(1_001n),
    evidence: { readers: [coordinator], retentionDays: 30 },
  } satisfies JobManifest);
}

export function factsOf(terms: CID, shape: Shape): JobFacts {
  const paid = shape.claims.length > 0;
  return {
    job: jobNumber,
    state: 'active',
    buyer,
    coordinator,
    terms: digestHex(terms),
    rounds: 2,
    cutoff: 2_000_000_000,
    longWindow: 1_000,
    bonusPool: 1_001n,
    frozenFrom: 0,
    arbiter: coordinator,
    fee: 0,
    seats: ownersOf(shape).map((owner, seat) => ({
      seat,
      token: BigInt(seat + 101),
      dataset: BigInt(seat + 1),
      operator: operatorAddress(seat),
      owner,
      price: BigInt(20 + seat),
      units: 2,
      claimedUnits: paid ? ([2, 0, 0, 1][seat] ?? 0) : 0,
      refundedUnits: 0,
      collectedUnits: 0,
      claimedBonus: paid ? ([225n, 0n, 0n, 100n][seat] ?? 0n) : 0n,
    })),
    settlements: [],
  };
}
