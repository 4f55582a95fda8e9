/**
 * Evidence corrupted before anything was hashed: a forger with the coordinator's power, and the keys of colluding
 * members, changes what a round says, and all that follows is recomputed, linked and settled. protocol.md §6.4
 */
import type { Given } from '#auditor/subject.ts';
import { readBlock, writeBlock } from '#datasets/read-block.ts';
import { scratchStore } from '#datasets/scratch-store.ts';
import type { Job } from '#model/job.ts';
import { loadAggregate } from '#model/aggregate.ts';
import { digestHex, loadModel } from '#model/model-store.ts';
import { loadOptimiser } from '#model/optimiser-store.ts';
import { roundResult, type PreviousRound } from '#model/round-result.ts';
import {
  evidenceSchema,
  payoutsSchema,
  roundSchema,
  type Evidence,
  type RoundManifest,
} from '#protocol/manifests.ts';
import { buildRoster } from '#protocol/rules/roster.ts';
import { sharersOf } from '#protocol/rules/survivors.ts';
import { domain } from '#test/support/cohort.ts';
import { rechained } from './forge.ts';
import type { Lineage } from './lineage.ts';

/** What a round says; a lie changes any of it, and the rest is computed from that. */
export type Told = Readonly<{
  evidence: Evidence;
  /** The survivors of which manifest, sum, payouts and bitmap speak: the evidence's, if left alone. */
  inputs: Evidence['inputs'];
  /** U2 in the manifest: the evidence's, if left alone. */
  sharers: readonly number[];
  sum: Float64Array;
  /** The weights and the server's step by which the model is computed. */
  job: Job;
  previous: PreviousRound | null;
  manifest: (honest: RoundManifest) => RoundManifest;
}>;

export type Lie = (told: Told) => Partial<Told> | Promise<Partial<Told>>;

/** A job whose round `at` (the last one settled) was settled by that lie. Nothing has been claimed. */
export async function corrupted(lineage: Lineage, at: number, lie: Lie): Promise<Given> {
  const { facts, job } = lineage;
  const store = scratchStore(lineage.store);
  const honest = await honestly(lineage, at);
  const { draw } = lineage.rounds[at - 1]!.cohort.roster;
  const lied = await lie(honest);
  const evidence = lied.evidence ?? honest.evidence;
  const told: Told = {
    ...honest,
    inputs: evidence.inputs,
    sharers: [...sharersOf(evidence.shares)],
    ...lied,
  };
  const source = scratchStore(lineage.evidence);
  const root = await writeBlock(source, told.evidence);
  const result = await roundResult(store, {
    job: told.job,
    seats: facts.job.seats,
    bonusPool: facts.job.bonusPool,
    id: { job: facts.job.job, round: at, attempt: told.evidence.attempt },
    roster: buildRoster(domain, told.evidence.roster, draw && { draw, seats: facts.job.seats.length }),
    sharers: told.sharers,
    inputs: told.inputs,
    evidence: digestHex(root),
    sum: told.sum,
    before: lineage.rounds[at - 2]?.after ?? (await loadModel(store, job.manifest.model)),
    previous: told.previous,
  });
  const manifest = await readBlock(store, result.manifest, roundSchema, 'the manifest');
  const settled = await writeBlock(store, told.manifest(manifest));
  const settlements = facts.job.settlements.slice(0, at).map((one) =>
    one.round === at
      ? {
          ...one,
          manifest: digestHex(settled),
          payoutRoot: result.payouts.root,
          total: BigInt(result.payouts.total),
          participants: result.participants,
        }
      : one,
  );
  const seats = facts.job.seats.map((seat) => ({ ...seat, claimedUnits: 0, claimedBonus: 0n }));
  const unclaimed = { ...facts, claims: [], job: { ...facts.job, seats } };
  return {
    domain,
    facts: rechained(unclaimed, settlements),
    blocks: store,
    evidence: [...lineage.given.evidence.slice(0, at - 1), { root, source }],
  };
}

/** What is true of a round. */
async function honestly(lineage: Lineage, at: number): Promise<Told> {
  const { store, job } = lineage;
  const round = lineage.rounds[at - 1];
  if (!round) throw new Error(`there is no round ${at}`);
  const evidence = await readBlock(lineage.evidence, round.evidence, evidenceSchema, 'the evidence');
  return {
    evidence,
    inputs: evidence.inputs,
    sharers: [...sharersOf(evidence.shares)],
    sum: (await loadAggregate(store, round.aggregate, job.parameters.dimension)).sum,
    job,
    previous: await previousOf(lineage, at),
    manifest: (same) => same,
  };
}

async function previousOf({ rounds, store, job, facts }: Lineage, at: number): Promise<PreviousRound | null> {
  const earlier = rounds[at - 2];
  const settlement = facts.job.settlements[at - 2];
  if (!earlier || !settlement) return null;
  const { optimiserAfter } = await readBlock(store, earlier.manifest, roundSchema, 'the manifest');
  return {
    manifest: earlier.manifest,
    transaction: settlement.transaction,
    leaves: (await readBlock(store, earlier.payouts, payoutsSchema, 'the payouts')).leaves,
    optimiser: await loadOptimiser(store, optimiserAfter, job.parameters.dimension),
  };
}
