/** Clients as they run, without a network: their own journals, a coordinator and a chain in memory. */
import { quantise } from '#crypto/quantise.ts';
import { seededRng } from '#crypto/random.ts';
import { openJournal } from '#client/journal/journal.ts';
import { openLineage } from '#client/lineage.ts';
import { openPostings } from '#client/postings.ts';
import type { Setting } from '#client/setting.ts';
import { makePolicy } from '#datasets/policy.ts';
import { writeBlock } from '#datasets/read-block.ts';
import { loadJob } from '#model/job.ts';
import { digestHex } from '#model/model-store.ts';
import { cidOf } from '#protocol/dag.ts';
import { domain, operatorAddress, operatorKey } from '#test/support/cohort.ts';
import { coordinator, recipeColumns, type LineageJob } from '#test/support/lineage.ts';
import { ownerOf, quick, theJob, updateOf } from './cohort.ts';
import { newHome } from './home.ts';
import { SelfDriving } from './self-driving.ts';

type Said = { code?: string; message: string }[];
export type Player = Readonly<{ setting: Setting; home: string; said: Said; stop: AbortController }>;

export async function player(
  seat: number,
  world: SelfDriving,
  change: Partial<Setting> = {},
): Promise<Player> {
  const { store, manifest } = await theJob();
  const home = newHome();
  const said: Said = [];
  const say = (facts: object, message: string) => void said.push({ ...facts, message });
  const log = { info: say, warn: say };
  const stop = new AbortController();
  const policy = makePolicy({
    peers: [0, 1, 2].filter((peer) => peer !== seat).map(ownerOf),
    minimumCohort: 3,
    minimumPrice: 1000n,
    maximumRounds: 3,
    layers: ['Dense'],
    coordinators: [coordinator],
  });
  const holdings = {
    dataset: seat + 1,
    digest: digestHex(cidOf('raw', Uint8Array.of(seat))),
    descriptor: { ...recipeColumns, rowsBucket: manifest.datasets[seat]!.weight, policy },
  };
  const setting: Setting = {
    domain,
    key: operatorKey(seat),
    operator: operatorAddress(seat),
    holdings: holdings as never,
    chain: world.chain,
    store,
    journal: openJournal(home, operatorKey(seat), quick),
    lineage: openLineage(home, quick),
    evidenceFolder: home,
    postings: openPostings(home, quick),
    court: null,
    train: async (job, model, weight) => ({
      quantised: quantise(
        updateOf(seat + model.digest.charCodeAt(5), job.parameters.dimension),
        weight,
        job.parameters,
      ),
      backend: 'wasm',
    }),
    release: () => undefined,
    hold: () => Promise.resolve(),
    coordinator: () => world.api,
    timeAt: () => 1_900_000_000,
    rng: seededRng(Uint8Array.of(seat)),
    now: () => 1_900_000_000,
    pollMillis: 1,
    patience: { first: 1, longest: 4, signal: stop.signal, log },
    log,
    ...change,
  };
  return { setting, home, said, stop };
}

/** The same job, sold for fewer rounds than it has. */
export async function withUnits(units: number): Promise<LineageJob> {
  const lineage = await theJob();
  const manifest = {
    ...lineage.manifest,
    datasets: lineage.manifest.datasets.map((entry) => ({ ...entry, units })),
  };
  const seats = lineage.chain.seats.map((seat) => ({ ...seat, units }));
  const terms = digestHex(await writeBlock(lineage.store, manifest));
  const chain = { ...lineage.chain, seats, terms };
  return { ...lineage, manifest, chain, job: await loadJob(lineage.store, domain, chain) };
}

export const playersIn = (world: SelfDriving) => Promise.all([0, 1, 2].map((seat) => player(seat, world)));
