/**
 * An honest job in memory: five of six seats, two rounds, the second with a dropout; real keys, signatures, masks
 * and blocks. Tests bend one thing of it at a time (forge.ts).
 */
import { AbiCoder, keccak256 } from 'ethers';
import type { CID } from 'multiformats/cid';
import type { AuditFacts } from '#auditor/facts.ts';
import type { Given } from '#auditor/subject.ts';
import type { JobFacts, SettlementOnChain } from '#contracts/job-facts.ts';
import { describeDataset } from '#datasets/descriptor.ts';
import { makePolicy } from '#datasets/policy.ts';
import { readBlock, writeBlock } from '#datasets/read-block.ts';
import { scratchStore, type ScratchStore } from '#datasets/scratch-store.ts';
import { loadJob, type Job } from '#model/job.ts';
import { digestHex, putInitialModel, type Model } from '#model/model-store.ts';
import { loadOptimiser } from '#model/optimiser-store.ts';
import type { PreviousRound } from '#model/round-result.ts';
import { tabularClassifier } from '#model/templates.ts';
import { parseTopology } from '#model/topology.ts';
import { fromParameters } from '#protocol/aggregation.ts';
import { roundSchema, type JobManifest } from '#protocol/manifests.ts';
import type { Recipe } from '#protocol/recipe/recipe.ts';
import { toAddress, toAmount, toBytes32, toDecimal, type Address, type Bytes32 } from '#protocol/units.ts';
import { digestOfText, domain, operatorAddress, type Cohort } from '#test/support/cohort.ts';
import { makeRound } from './round.ts';

export const seatsInJob = 6;
const enrolled = 5;
export const jobNumber = 7;
export const buyer = toAddress(`0x${'b0'.repeat(20)}`);
export const coordinator = toAddress(`0x${'c0'.repeat(20)}`);
export const ownerOf = (seat: number): Address => toAddress(`0x${(seat + 1).toString(16).padStart(40, '0')}`);
const owners = Array.from({ length: seatsInJob }, (_, seat) => ownerOf(seat));
const weights = [4, 4, 2, 2, 1, 4];
const features = ['radius', 'texture', 'area'];

export type Round = Readonly<{
  cohort: Cohort;
  manifest: CID;
  aggregate: CID;
  payouts: CID;
  after: Model;
  evidence: CID;
}>;
export type Lineage = Readonly<{
  job: Job;
  store: ScratchStore;
  evidence: ScratchStore;
  rounds: readonly Round[];
  facts: AuditFacts;
  given: Given;
}>;

const parameters = { bits: 12, clip: 1, range: 1, maxWeight: 4, chunkWords: 8 };

const policyOf = (seat: number) =>
  makePolicy({
    peers: owners.filter((_, other) => other !== seat),
    minimumCohort: 4,
    minimumPrice: 10n,
    maximumRounds: 5,
    layers: ['Dense'],
    coordinators: [coordinator],
  });

export const descriptorOf = (seat: number): Uint8Array =>
  describeDataset({
    name: `clinic ${seat}`,
    description: 'measurements',
    license: 'https://spdx.org/licenses/CC-BY-4.0.html',
    creator: `clinic ${seat}`,
    datePublished: '2026-11-24',
    url: null,
    columns: features.map((name) => ({ type: 'number', name, minimum: null, maximum: null, missing: false })),
    label: { type: 'class', name: 'malignant', classes: ['no', 'yes'] },
    rowsBucket: weights[seat] ?? 1,
    rowsRoot: digestOfText(`rows ${seat}`),
    policy: policyOf(seat),
  });

const recipe: Recipe = {
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

async function putTerms(store: ScratchStore, server: Recipe['server']): Promise<CID> {
  const topologyCid = await store.put('raw', new TextEncoder().encode(tabularClassifier(features.length, 3)));
  const topology = parseTopology(tabularClassifier(features.length, 3));
  const seed = digestOfText('seed');
  const descriptors = await Promise.all(owners.map((_, seat) => store.put('raw', descriptorOf(seat))));
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
      weight: weights[seat] ?? 1,
    })),
    recipe: await writeBlock(store, { ...recipe, server }),
    aggregation: await writeBlock(store, fromParameters({ ...parameters, dimension: topology.dimension })),
    model: (await putInitialModel(store, topologyCid, topology, seed)).cid,
    seed,
    rounds: 2,
    minimumCohort: 4,
    phases: { enrolling: 10, sharing: 10, masking: 10, confirming: 10, unmasking: 10, settling: 10 },
    bonusPool: toAmount(1_001n),
    evidence: { readers: [coordinator], retentionDays: 30 },
  } satisfies JobManifest);
}

function factsOf(terms: CID): JobFacts {
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
    seats: owners.map((owner, seat) => ({
      seat,
      token: BigInt(seat + 101),
      dataset: BigInt(seat + 1),
      operator: operatorAddress(seat),
      owner,
      price: BigInt(20 + seat),
      units: 2,
      claimedUnits: [2, 0, 0, 1, 0, 0][seat] ?? 0,
      claimedBonus: [225n, 0n, 0n, 100n, 0n, 0n][seat] ?? 0n,
    })),
    settlements: [],
  };
}

/** What the escrow computes, written out again so that the auditor's own is not its witness. */
export function headOf(s: Omit<SettlementOnChain, 'head'>): Bytes32 {
  const types = 'bytes32 uint256 uint32 uint32 bytes32 bytes32 uint256 bytes32 uint64'.split(' ');
  const { previousHead, round, attempt, manifest, payoutRoot, total, participants, readyAt } = s;
  const values = [
    previousHead,
    jobNumber,
    round,
    attempt,
    manifest,
    payoutRoot,
    total,
    keccak256(participants),
    readyAt,
  ];
  return toBytes32(keccak256(AbiCoder.defaultAbiCoder().encode(types, values)));
}

/** Built once a process and server optimiser: tests bend copies. */
const built = new Map<string, Promise<Lineage>>();
export function honestLineage(server: Recipe['server'] = recipe.server): Promise<Lineage> {
  const made = built.get(server.name) ?? build(server);
  built.set(server.name, made);
  return made;
}

async function build(server: Recipe['server']): Promise<Lineage> {
  const [store, evidence] = [scratchStore(), scratchStore()];
  const chain = factsOf(await putTerms(store, server));
  const job = await loadJob(store, domain, chain);
  const topologyCid = await store.put('raw', new TextEncoder().encode(tabularClassifier(features.length, 3)));
  let before = await putInitialModel(store, topologyCid, job.topology, job.manifest.seed);
  let previous: PreviousRound | null = null;
  const rounds: Round[] = [];
  const settlements: SettlementOnChain[] = [];
  for (const [round, attempt, lost] of [
    [1, 1, []],
    [2, 3, [3]],
  ] as const) {
    const id = { job: jobNumber, round, attempt };
    const made = await makeRound(store, evidence, {
      job,
      seats: chain.seats,
      bonusPool: chain.bonusPool,
      id,
      n: enrolled,
      lost,
      before,
      previous,
    });
    const { cohort: members, evidence: root, result } = made;
    const settlement: Omit<SettlementOnChain, 'head'> = {
      round,
      attempt,
      manifest: result.digest,
      payoutRoot: result.payouts.root,
      total: BigInt(result.payouts.total),
      participants: result.participants,
      readyAt: 1_900_000_000 + round,
      previousHead: settlements.at(-1)?.head ?? toBytes32(`0x${'00'.repeat(32)}`),
      transaction: digestOfText(`transaction ${round}`),
      quorum: true,
    };
    settlements.push({ ...settlement, head: headOf(settlement) });
    const manifest = result.manifest;
    const links = await linksOfRound(store, manifest);
    rounds.push({ cohort: members, manifest, ...links, after: result.after, evidence: root });
    previous = {
      manifest,
      transaction: settlement.transaction,
      leaves: result.payouts.leaves,
      optimiser: await loadOptimiser(store, result.optimiser, job.parameters.dimension),
    };
    before = result.after;
  }
  const facts = auditFacts({ ...chain, settlements }, job);
  const given: Given = {
    domain,
    facts,
    blocks: store,
    evidence: rounds.map(({ evidence: root }) => ({ root, source: evidence })),
  };
  return { job, store, evidence, rounds, facts, given };
}

async function linksOfRound(store: ScratchStore, cid: CID) {
  const { aggregate, payouts } = await readBlock(store, cid, roundSchema, 'the manifest');
  return { aggregate, payouts };
}

function auditFacts(chain: JobFacts, job: Job): AuditFacts {
  return {
    job: chain,
    heads: chain.settlements.map(({ head }) => head),
    offers: chain.seats.map(({ token, dataset, price }) => ({ token, dataset, price })),
    unitsTaken: chain.seats.map(({ seat, token, units }) => ({ seat, holder: buyer, token, units })),
    descriptors: job.manifest.datasets.map(({ descriptor }) => digestHex(descriptor)),
    owners: chain.settlements.map(() => owners),
    attempts: chain.settlements.map(() => null),
    claims: [
      { seat: 0, round: 1, units: 1, bonus: 100n, amount: 120n },
      { seat: 0, round: 2, units: 1, bonus: 125n, amount: 145n },
      { seat: 3, round: 2, units: 1, bonus: 100n, amount: 123n },
    ],
  };
}
