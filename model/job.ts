/** A job's terms with all that they link, read from IPFS and held against the chain. protocol.md §6.2 */
import type { CID } from 'multiformats/cid';
import { fromHex } from '#crypto/bytes.ts';
import { TributaryError } from '#crypto/error.ts';
import { checkWeight, type AggregationParameters } from '#crypto/parameters.ts';
import type { BlockSource } from '#datasets/blockstore.ts';
import { readBlock } from '#datasets/read-block.ts';
import { toParameters, toSparseTerms, type Rounding, type SparseTerms } from '#protocol/aggregation.ts';
import { cidFromDigest } from '#protocol/dag.ts';
import { retentionFlaw } from '#protocol/evidence-terms.ts';
import type { JobId } from '#protocol/job-id.ts';
import {
  aggregationSchema,
  jobSchema,
  modelSchema,
  recipeSchema,
  type JobManifest,
} from '#protocol/manifests.ts';
import { toError } from '#protocol/flaw.ts';
import type { Recipe } from '#protocol/recipe/recipe.ts';
import type { Domain } from '#protocol/typed-data.ts';
import { fromAmount, type Address, type Bytes32 } from '#protocol/units.ts';
import { fitFlaw } from './fits-recipe.ts';
import { digestHex, loadTopology } from './model-store.ts';
import type { Topology } from './topology.ts';

/** What the chain says of a job, as far as its terms must agree with it. */
export type JobOnChain = Readonly<{
  job: number;
  buyer: Address;
  coordinator: Address;
  terms: Bytes32;
  rounds: number;
  bonusPool: bigint;
  /** Seconds in which a round without a quorum may be challenged. */
  longWindow: number;
  seats: readonly Readonly<{ dataset: bigint; token: bigint; units: number }>[];
}>;

export type Job = Readonly<{
  id: JobId;
  terms: CID;
  manifest: JobManifest;
  recipe: Recipe;
  parameters: AggregationParameters;
  rounding: Rounding;
  /** When and how the graph of a roster is sparse; null: never. */
  sparse: SparseTerms | null;
  topology: Topology;
  /** What every enrolment signs of the job. */
  digests: Readonly<{ terms: Bytes32; recipe: Bytes32; parameters: Bytes32 }>;
}>;

/**
 * @throws TributaryError `job/differs-from-chain` where terms and chain disagree, `job/retention-too-short`,
 *   `job/model-mismatch` where model, recipe and aggregation do not fit each other, and those of the blocks' own readers
 */
export async function loadJob(store: BlockSource, domain: Domain, chain: JobOnChain): Promise<Job> {
  const terms = cidFromDigest('dag-cbor', fromHex(chain.terms));
  const manifest = await readBlock(store, terms, jobSchema, 'the job terms');
  agreeWithChain(manifest, domain, chain);
  const forgotten = retentionFlaw(manifest.evidence, chain.longWindow);
  if (forgotten) throw toError(forgotten);
  const recipe = await readBlock(store, manifest.recipe, recipeSchema, 'the recipe');
  const aggregation = await readBlock(
    store,
    manifest.aggregation,
    aggregationSchema,
    'the aggregation parameters',
  );
  const parameters = toParameters(aggregation);
  const model = await readBlock(store, manifest.model, modelSchema, 'the initial model');
  const topology = await loadTopology(store, model.topology);
  if (topology.dimension !== parameters.dimension) {
    throw new TributaryError(
      'job/model-mismatch',
      `the model has ${topology.dimension} weights, the terms say ${parameters.dimension}`,
    );
  }
  const misfit = fitFlaw(topology, recipe);
  if (misfit) throw toError(misfit);
  for (const { weight } of manifest.datasets) checkWeight(weight, parameters);
  return {
    id: { ...domain, job: chain.job },
    terms,
    manifest,
    recipe,
    parameters,
    rounding: aggregation.rounding,
    sparse: toSparseTerms(aggregation),
    topology,
    digests: {
      terms: chain.terms,
      recipe: digestHex(manifest.recipe),
      parameters: digestHex(manifest.aggregation),
    },
  };
}

function agreeWithChain(manifest: JobManifest, domain: Domain, chain: JobOnChain): void {
  const said: Record<string, [unknown, unknown]> = {
    chain: [manifest.chainId, domain.chainId],
    escrow: [manifest.escrow, domain.escrow],
    buyer: [manifest.buyer, chain.buyer],
    coordinator: [manifest.coordinator.address, chain.coordinator],
    rounds: [manifest.rounds, chain.rounds],
    'bonus pool': [fromAmount(manifest.bonusPool), chain.bonusPool],
    seats: [manifest.datasets.length, chain.seats.length],
  };
  chain.seats.forEach((seat, index) => {
    const entry = manifest.datasets[index];
    said[`dataset of seat ${index}`] = [entry && BigInt(entry.dataset), seat.dataset];
    said[`token of seat ${index}`] = [entry && BigInt(entry.token), seat.token];
    said[`units of seat ${index}`] = [entry?.units, seat.units];
  });
  for (const [name, [terms, onChain]] of Object.entries(said)) {
    if (terms !== onChain) {
      throw new TributaryError(
        'job/differs-from-chain',
        `job ${chain.job}: its terms and the chain differ in ${name} (${String(terms)} against ${String(onChain)})`,
      );
    }
  }
}
