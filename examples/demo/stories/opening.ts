/** How the shorter stories begin: owners with a process each, a coordinator, and one job that the buyer watches. */
import { toHex, utf8 } from '#crypto/bytes.ts';
import { seededRng } from '#crypto/random.ts';
import {
  launchJob,
  setUpCoordinator,
  setUpOwners,
  type Buyer,
  type Coordinator,
  type Owner,
  type Running,
} from '../actors.ts';
import { writeData, type StoryData } from '../data.ts';
import type { DemoOptions } from '../options.ts';
import type { Line, Service } from '../processes.ts';
import { roundText } from '../report.ts';
import { samples } from '../samples.ts';
import type { Stack } from '../stack.ts';
import type { Say } from './story.ts';

/** Seconds that one round may take on a slow machine. */
export const ROUND_SECONDS = 240;

export type People = Readonly<{
  data: StoryData;
  owners: readonly Owner[];
  /** Each owner's process, in their order. */
  clients: Service[];
  coordinator: Coordinator;
}>;

/** @param holdOf where an owner's client is to stand still @param hold where the coordinator is @param lie what it posts falsely, once */
export async function bringPeople(
  stack: Stack,
  options: DemoOptions,
  { holdOf, hold = '', lie }: Readonly<{ holdOf?: (owner: number) => string; hold?: string; lie?: string }>,
  say: Say,
): Promise<People> {
  const sample = samples[options.dataset];
  const data = writeData(stack.folder('data'), sample, options.seed, options.clients);
  say(
    `${options.clients} owners make keys, name each other in their policies, register datasets and offer access`,
  );
  const [owners, coordinator] = await Promise.all([
    setUpOwners(stack, data, sample.owner),
    setUpCoordinator(stack, hold, lie),
  ]);
  const clients = owners.map((owner, index) => owner.start(holdOf?.(index)));
  await Promise.all(clients.map((client) => client.ready()));
  return { data, owners, clients, coordinator };
}

export type Watched = Readonly<{
  buyer: Buyer;
  watch: Service;
  /** Resolves when the buyer has seen this round settled. */
  settled(round: number): Promise<Line>;
}>;

/**
 * @param seed of the initial weights: two jobs on the same rows must not start from the same model
 * @param watching options of the buyer's watch
 */
export async function launchWatched(
  stack: Stack,
  { data, owners, coordinator }: People,
  { seed, watching = [], ...running }: Running & Readonly<{ seed: string; watching?: readonly string[] }>,
  say: Say,
): Promise<Watched> {
  const buyer = await launchJob(
    stack,
    data,
    owners.map(({ dataset }) => dataset),
    coordinator,
    { ...running, seed: toHex(seededRng(utf8(seed)).bytes(32)) },
  );
  say(`job ${buyer.job} is active: ${running.rounds} rounds for ${buyer.quote} base units`);
  const watch = buyer.watch(...watching);
  const settled = (round: number) =>
    watch.until(
      `round ${round}`,
      (line) => line['event'] === 'round' && line['round'] === round,
      ROUND_SECONDS * (round + 1),
    );
  return { buyer, watch, settled };
}

/** Tells of rounds as they are settled. */
export const tellRounds = ({ settled }: Watched, rounds: readonly number[], say: Say): Promise<unknown> =>
  Promise.all(rounds.map(async (round) => say(roundText(await settled(round)))));
