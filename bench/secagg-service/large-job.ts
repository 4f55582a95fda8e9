/** A job of many seats and a large model, its blocks in memory, as coordinator and clients read it from chain and IPFS. */
import type { JobFacts } from '#contracts/job-facts.ts';
import type { LineageBefore } from '#coordinator/jobs/lineage.ts';
import { readBlock, writeBlock } from '#datasets/read-block.ts';
import { type ScratchStore, scratchStore } from '#datasets/scratch-store.ts';
import { loadJob } from '#model/job.ts';
import { digestHex, type Model, putInitialModel } from '#model/model-store.ts';
import { tabularClassifier } from '#model/templates.ts';
import { parseTopology } from '#model/topology.ts';
import { evidenceByDefault } from '#protocol/evidence-terms.ts';
import { fromParameters } from '#protocol/aggregation.ts';
import { cidOf } from '#protocol/dag.ts';
import { type JobManifest, jobSchema } from '#protocol/manifests.ts';
import { toAddress, toAmount, toDecimal } from '#protocol/units.ts';
import { buyer } from '#test/coordinator/fixtures.ts';
import { digestOfText, domain, operatorAddress } from '#test/support/cohort.ts';
import { recipe } from '#test/support/lineage.ts';

const number = 7;
const coordinator = toAddress(`0x${'c0'.repeat(20)}`);
export const day = 86_400;
/** hidden × (features + 2) + 1 weights. */
const layers = { features: 75, hidden: 12_987 };

export type LargeJob = Readonly<{ store: ScratchStore; before: Model; lineage: LineageBefore }>;

/** @param small for a try: a model of 13 weights instead of 1,000,000 */
export async function largeJob(seats: number, cutoff: number, small: boolean): Promise<LargeJob> {
  const store = scratchStore();
  const { features, hidden } = small ? { features: 2, hidden: 3 } : layers;
  const json = tabularClassifier(features, hidden);
  const topology = parseTopology(json);
  const seed = digestOfText('seed');
  const before = await putInitialModel(
    ...([store, await store.put('raw', new TextEncoder().encode(json)), topology, seed] as const),
  );
  const parameters = { bits: 16, clip: 1, range: 1, maxWeight: 1, chunkWords: small ? 8 : 65_536 };
  const manifest: JobManifest = {
    ...{ kind: 'tributary/job', version: 2, ...domain, buyer, seed, rounds: 1, minimumCohort: 3 },
    coordinator: { address: coordinator, url: 'http://127.0.0.1:7070' },
    datasets: Array.from({ length: seats }, (_, seat) => ({
      ...{ dataset: seat + 1, token: seat + 1, units: 1, weight: 1 },
      descriptor: cidOf('raw', Uint8Array.of(seat)),
    })),
    recipe: await writeBlock(store, {
      ...recipe,
      features: Array.from({ length: features }, (_, at) => ({
        ...{ type: 'number', name: `column ${at}`, missing: 'refuse' },
        ...{ centre: toDecimal(0), scale: toDecimal(1) },
      })),
    }),
    aggregation: await writeBlock(store, fromParameters({ ...parameters, dimension: topology.dimension })),
    model: before.cid,
    phases: { enrolling: day, sharing: day, masking: day, confirming: day, unmasking: day, settling: day },
    bonusPool: toAmount(0n),
    evidence: evidenceByDefault,
  };
  const terms = await writeBlock(store, manifest);
  // As anyone reads it: with what a schema may add.
  await readBlock(store, terms, jobSchema, 'the job terms');
  const facts: JobFacts = {
    ...{ job: number, state: 'active', buyer, coordinator, terms: digestHex(terms), rounds: 1 },
    ...{ cutoff, longWindow: day, bonusPool: 0n, settlements: [] },
    ...{ frozenFrom: 0, arbiter: coordinator, fee: 0 },
    seats: manifest.datasets.map(({ dataset, token, units }, seat) => ({
      ...{ seat, token: BigInt(token), dataset: BigInt(dataset), units, price: 1_000n },
      ...{ operator: operatorAddress(seat), owner: ownerOf(seat) },
      ...{ claimedUnits: 0, refundedUnits: 0, collectedUnits: 0, claimedBonus: 0n },
    })),
  };
  const job = await loadJob(store, domain, facts);
  return { store, before, lineage: { job, facts, before: before.cid, previous: null } };
}

const ownerOf = (seat: number) => toAddress(`0x${(seat + 1).toString(16).padStart(40, '0')}`);
