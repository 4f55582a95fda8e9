/**
 * An honest job in memory: five of six seats, or twelve of fourteen on the sparse graph; two rounds, the second with a
 * dropout; real keys, signatures, masks and blocks. Tests bend one thing of it at a time (forge.ts).
 */
import { AbiCoder, keccak256 } from 'ethers';
import type { CID } from 'multiformats/cid';
import type { AuditFacts } from '#auditor/facts.ts';
import type { Given } from '#auditor/subject.ts';
import type { JobFacts, SettlementOnChain } from '#contracts/job-facts.ts';
import { readBlock } from '#datasets/read-block.ts';
import { scratchStore, type ScratchStore } from '#datasets/scratch-store.ts';
import { loadJob, type Job } from '#model/job.ts';
import { digestHex, putInitialModel, type Model } from '#model/model-store.ts';
import { loadOptimiser } from '#model/optimiser-store.ts';
import type { PreviousRound } from '#model/round-result.ts';
import { tabularClassifier } from '#model/templates.ts';
import { roundSchema } from '#protocol/manifests.ts';
import type { Recipe } from '#protocol/recipe/recipe.ts';
import { agreedRoot } from '#protocol/rules/survivors.ts';
import { toBytes32, type Bytes32 } from '#protocol/units.ts';
import { digestOfText, domain, type Cohort } from '#test/support/cohort.ts';
import { makeRound } from './round.ts';
import {
  buyer,
  complete,
  factsOf,
  features,
  jobNumber,
  ownersOf,
  putTerms,
  recipe,
  sparse,
  type Shape,
} from './terms.ts';

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

/** What the escrow computes, written out again so that the auditor's own is not its witness. */
export function headOf(s: Omit<SettlementOnChain, 'head'>): Bytes32 {
  const types = 'bytes32 uint256 uint32 uint32 bytes32 bytes32 uint256 bytes32 uint64 bool'.split(' ');
  const { previousHead, round, attempt, manifest, payoutRoot, total, participants, readyAt, quorum } = s;
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
    quorum,
  ];
  return toBytes32(keccak256(AbiCoder.defaultAbiCoder().encode(types, values)));
}

/** Built once a process and server optimiser: tests bend copies. */
const built = new Map<string, Promise<Lineage>>();
export function honestLineage(server: Recipe['server'] = recipe.server): Promise<Lineage> {
  const made = built.get(server.name) ?? build(server, complete);
  built.set(server.name, made);
  return made;
}

/** The same on the sparse graph, as the escrow holds it. */
export function sparseLineage(): Promise<Lineage> {
  const made = built.get('sparse') ?? build(recipe.server, sparse);
  built.set('sparse', made);
  return made;
}

async function build(server: Recipe['server'], shape: Shape): Promise<Lineage> {
  const [store, evidence] = [scratchStore(), scratchStore()];
  const chain = factsOf(await putTerms(store, server, shape), shape);
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
      n: shape.enrolled,
      lost,
      draw: shape.draws[round - 1] ?? null,
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
  const facts = auditFacts({ ...chain, settlements }, job, shape, rounds);
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

function auditFacts(chain: JobFacts, job: Job, shape: Shape, rounds: readonly Round[]): AuditFacts {
  return {
    job: chain,
    heads: chain.settlements.map(({ head }) => head),
    offers: chain.seats.map(({ token, dataset, price }) => ({ token, dataset, price })),
    unitsTaken: chain.seats.map(({ seat, token, units }) => ({ seat, holder: buyer, token, units })),
    descriptors: job.manifest.datasets.map(({ descriptor }) => digestHex(descriptor)),
    owners: chain.settlements.map(() => [ownersOf(shape)]),
    operators: chain.seats.map(({ operator }) => [operator]),
    attempts: rounds.map(({ cohort: { roster, inputs } }) =>
      roster.draw
        ? {
            roster: roster.root,
            survivors: agreedRoot(roster, inputs),
            seedBlock: roster.draw.seedBlock,
            randao: roster.draw.randao,
          }
        : null,
    ),
    claims: shape.claims,
    out: { ended: 0n, unearned: 0n, bonus: 0n, fees: 0n },
  };
}
