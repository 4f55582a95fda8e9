/** Builds a job's blocks from a plan and puts them into the buyer's IPFS node. protocol.md §6.1, §6.2 */
import type { CID } from 'multiformats/cid';
import type { Contracts } from '#contracts/connect.ts';
import { fromHex } from '#crypto/bytes.ts';
import { TributaryError } from '#crypto/error.ts';
import { checkParameters, checkWeight, wordBits } from '#crypto/parameters.ts';
import type { BlockStore } from '#datasets/blockstore.ts';
import { parseDescriptor, type Descriptor } from '#datasets/descriptor.ts';
import { termsRefusal } from '#datasets/policy.ts';
import { writeBlock } from '#datasets/read-block.ts';
import { putInitialModel } from '#model/model-store.ts';
import { parseTopology, type Topology } from '#model/topology.ts';
import { fromParameters, toParameters } from '#protocol/aggregation.ts';
import { cidFromDigest } from '#protocol/dag.ts';
import type { Aggregation, JobManifest } from '#protocol/manifests.ts';
import type { Address } from '#protocol/units.ts';
import type { Plan } from './plan.ts';
import type { QuoteLine } from './quote.ts';

/** Of one seat to be. */
type Described = Readonly<{ line: QuoteLine; link: CID; descriptor: Descriptor }>;

const mostSeats = 100;

/**
 * Stores topology, initial weights, recipe, aggregation and terms, and pins them. The same plan and the same offers
 * give the same terms.
 *
 * @param lines the quote's, ascending by dataset
 * @returns the terms' CID
 * @throws TributaryError `launch/too-few-datasets`, `launch/too-many-datasets`, `launch/other-columns`,
 *   `launch/refused-by-policy`, `launch/model-features`, `parameters/…`, `model/…`, `descriptor/…`, `ipfs/…`
 */
export async function publishTerms(
  contracts: Contracts,
  store: BlockStore,
  buyer: Address,
  plan: Plan,
  lines: readonly QuoteLine[],
): Promise<CID> {
  const topology = parseTopology(plan.topology);
  assertSize(plan, topology, lines.length);
  const described: Described[] = [];
  for (const line of lines) described.push(await describe(contracts, store, line));
  for (const one of described) assertAccepts(plan, topology, one);

  const aggregation = aggregationOf(plan, topology, described);
  const topologyLink = await store.put('raw', new TextEncoder().encode(plan.topology));
  const model = await putInitialModel(store, topologyLink, topology, plan.seed);
  const terms = await writeBlock(store, {
    kind: 'tributary/job',
    version: 1,
    chainId: contracts.deployment.chainId,
    escrow: contracts.deployment.escrow,
    buyer,
    coordinator: plan.coordinator,
    datasets: described.map(({ line, link, descriptor }) => ({
      dataset: line.dataset,
      token: line.token,
      units: line.units,
      descriptor: link,
      weight: descriptor.rowsBucket,
    })),
    recipe: await writeBlock(store, plan.recipe),
    aggregation: await writeBlock(store, aggregation),
    model: model.cid,
    seed: plan.seed,
    rounds: plan.rounds,
    minimumCohort: plan.minimumCohort,
    phases: plan.phases,
    bonusPool: plan.bonusPool,
  } satisfies JobManifest);
  await store.pin(terms);
  return terms;
}

async function describe({ registry }: Contracts, store: BlockStore, line: QuoteLine): Promise<Described> {
  const { manifest } = await registry.read.datasetOf(BigInt(line.dataset));
  const link = cidFromDigest('raw', fromHex(manifest));
  return { line, link, descriptor: parseDescriptor(await store.get(link)) };
}

function assertSize({ minimumCohort, recipe }: Plan, topology: Topology, datasets: number): void {
  if (datasets < minimumCohort) {
    throw new TributaryError(
      'launch/too-few-datasets',
      `${datasets} datasets can't make a cohort of ${minimumCohort}: add some`,
    );
  }
  if (datasets > mostSeats) {
    throw new TributaryError(
      'launch/too-many-datasets',
      `a job has at most ${mostSeats} datasets, not ${datasets}`,
    );
  }
  if (topology.features !== recipe.features.length) {
    throw new TributaryError(
      'launch/model-features',
      `the model takes ${topology.features} features, the recipe names ${recipe.features.length}`,
    );
  }
}

/** What its owner's client would refuse is refused before it is paid for. */
function assertAccepts(plan: Plan, topology: Topology, { line, descriptor }: Described): void {
  const { recipe } = plan;
  const names = recipe.features.map(({ name }) => name);
  if (descriptor.label !== recipe.label.name || descriptor.features.join('\n') !== names.join('\n')) {
    throw new TributaryError(
      'launch/other-columns',
      `dataset ${line.dataset} has other columns than the recipe names: leave it out, or change the recipe`,
    );
  }
  const refusal = termsRefusal(descriptor.policy, {
    pricePerRound: line.price,
    rounds: plan.rounds,
    layers: topology.layers.map(({ kind }) => (kind === 'dense' ? 'Dense' : 'Activation')),
    coordinator: plan.coordinator.address,
  });
  if (refusal) {
    throw new TributaryError(
      'launch/refused-by-policy',
      `the owner of dataset ${line.dataset} would not take part (${refusal}): leave it out, or change the terms`,
    );
  }
}

/** Weights are the descriptors' buckets, the largest counting as one. */
function aggregationOf(
  { aggregation }: Plan,
  topology: Topology,
  described: readonly Described[],
): Aggregation {
  const weights = described.map(({ descriptor }) => descriptor.rowsBucket);
  const parameters = toParameters({
    kind: 'tributary/aggregation',
    version: 1,
    ...aggregation,
    dimension: topology.dimension,
    maxWeight: Math.max(...weights),
  });
  checkParameters(parameters);
  for (const weight of weights) checkWeight(weight, parameters);
  wordBits(parameters.bits, described.length);
  return fromParameters(parameters);
}
