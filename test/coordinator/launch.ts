/** A job on a test chain, its terms on IPFS, for a coordinator to find; and waiting for what that makes of it. */
import type { CID } from 'multiformats/cid';
import { readJobFacts, type JobFacts } from '#contracts/job-facts.ts';
import type { IpfsStore } from '#datasets/ipfs.ts';
import { writeBlock } from '#datasets/read-block.ts';
import { loadJob, type Job } from '#model/job.ts';
import { digestHex, putInitialModel, type Model } from '#model/model-store.ts';
import { tabularClassifier } from '#model/templates.ts';
import { parseTopology } from '#model/topology.ts';
import { evidenceByDefault } from '#protocol/evidence-terms.ts';
import { fromParameters, type SparseTerms } from '#protocol/aggregation.ts';
import type { AttemptView } from '#protocol/attempt-view.ts';
import type { CoordinatorApi } from '#protocol/http/coordinator-api.ts';
import type { AttemptId } from '#protocol/job-id.ts';
import type { JobManifest } from '#protocol/manifests.ts';
import { toAmount } from '#protocol/units.ts';
import { opening } from '#test/contracts/job.ts';
import { at, list, type Actor, type World } from '#test/contracts/world.ts';
import { digestOfText } from '#test/support/cohort.ts';
import { recipe } from '#test/support/lineage.ts';

export type Launched = Readonly<{ job: Job; facts: JobFacts; before: Model }>;

const longPhases = {
  ...{ enrolling: 600, sharing: 600, masking: 600 },
  ...{ confirming: 600, unmasking: 600, settling: 600 },
};

/** @param of.weights one a seat; each has an owner of its own, of whom there are eight */
export async function launchJob(
  of: Readonly<{
    world: World;
    ipfs: IpfsStore;
    url: string;
    weights: readonly number[];
    sparse?: SparseTerms;
    /** Seconds, where they are not 600. */
    phases?: Partial<JobManifest['phases']>;
    /** Whose dataset a seat is, and the number of its operator key. */
    ownerOf?: (seat: number) => Actor;
    operatorOf?: (seat: number) => number;
  }>,
): Promise<Launched> {
  const { world, ipfs, url, weights, sparse = null, phases = {} } = of;
  const owners = [...world.owners, world.deployer, world.stranger];
  const { ownerOf = (seat: number) => at(owners, seat), operatorOf = (seat: number) => seat } = of;
  const json = tabularClassifier(2, 3);
  const topology = parseTopology(json);
  const topologyCid = await ipfs.put('raw', new TextEncoder().encode(json));
  const seed = digestOfText('seed');
  const before = await putInitialModel(ipfs, topologyCid, topology, seed);
  const { dimension } = topology;
  const parameters = { bits: 16, clip: 1, range: 1, dimension, maxWeight: 4, chunkWords: 8 };
  const listings = [];
  for (const seat of weights.keys()) {
    listings.push(await list(world, operatorOf(seat), BigInt(10 + seat), { owner: ownerOf(seat) }));
  }
  const terms: CID = await writeBlock(ipfs, {
    kind: 'tributary/job',
    version: 2,
    chainId: world.deployment.chainId,
    escrow: world.deployment.escrow,
    buyer: world.buyer.address,
    coordinator: { address: world.coordinator.address, url },
    datasets: await Promise.all(
      listings.map(async ({ dataset, tokenId }, seat) => ({
        dataset: Number(dataset),
        token: Number(tokenId),
        units: 2,
        descriptor: await ipfs.put('raw', Uint8Array.of(seat)),
        weight: weights[seat] ?? 1,
      })),
    ),
    recipe: await writeBlock(ipfs, recipe),
    aggregation: await writeBlock(ipfs, fromParameters(parameters, 'nearest', sparse)),
    model: before.cid,
    seed,
    rounds: 2,
    minimumCohort: 3,
    phases: { ...longPhases, ...phases },
    bonusPool: toAmount(0n),
    evidence: evidenceByDefault,
  } satisfies JobManifest);
  const { escrow, accessToken } = world.buyer.contracts;
  for (const { tokenId } of listings) await accessToken.send.buy(tokenId, 2n);
  const opened = await escrow.send.open(await opening(world, { terms: digestHex(terms), rounds: 2 }));
  const { job: number } = at(escrow.events('JobOpened', opened.logs), 0).args;
  await escrow.send.addSeats(
    number,
    listings.map(({ tokenId }) => tokenId),
    listings.map(() => 2),
  );
  await escrow.send.activate(number);
  const facts = await readJobFacts(world.coordinator.contracts, Number(number));
  const { chainId, escrow: address } = world.deployment;
  return { job: await loadJob(ipfs, { chainId, escrow: address }, facts), facts, before };
}

/** Long-polls until an attempt is in a phase. */
export async function untilPhase<P extends AttemptView['phase']>(
  api: CoordinatorApi,
  id: AttemptId,
  phase: P,
  seat: number | null = null,
): Promise<Extract<AttemptView, { phase: P }>> {
  let view = await api.attempt(id, undefined, 10, seat);
  while (view.phase !== phase) view = await api.attempt(id, view.revision, 10, seat);
  return view as Extract<AttemptView, { phase: P }>;
}

/** Asks again until there is an answer, and the right one. */
export async function eventually<T>(
  ask: () => Promise<T>,
  holds: (answer: T) => boolean = () => true,
): Promise<T> {
  for (;;) {
    const answer = await ask().catch(() => null);
    if (answer !== null && holds(answer)) return answer;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
