/** The owners of the story, as it moves them: each a process of its own, or a crowd in one. */
import { planLosses, type Cast } from './accidents.ts';
import { setUpOwners } from './actors.ts';
import type { StoryData } from './data.ts';
import { succeed, type Line, type Service } from './processes.ts';
import type { Stack } from './stack.ts';

export type Cohort = Readonly<{
  /** Ids in the registry. */
  datasets: readonly number[];
  /** Resolves when every client looks for its jobs. */
  start(): Promise<void>;
  /** What goes wrong on purpose; resolves when whoever comes back is back. */
  happen(cast: Cast): Promise<void>;
  /** What each round cost each owner and paid it, as `owner status` prints it. */
  statuses(job: string): Promise<readonly Line[]>;
  /** Each owner claims once for all rounds. */
  claim(job: string): Promise<void>;
  stop(): Promise<void>;
}>;

/** Owners with homes and processes of their own. */
export async function processCohort(
  stack: Stack,
  data: StoryData,
  called: string,
  rounds: number,
): Promise<Cohort> {
  const owners = await setUpOwners(stack, data, called);
  const losses = planLosses(owners.length, rounds);
  let clients: Service[] = [];
  return {
    datasets: owners.map(({ dataset }) => dataset),
    async start() {
      clients = owners.map((owner, index) => owner.start(losses.holdOf(index)));
      await Promise.all(clients.map((client) => client.ready()));
    },
    happen: (cast) => losses.happen({ ...cast, owners, clients }),
    statuses: (job) =>
      Promise.all(owners.map(({ name }) => succeed(['owner', 'status', job], stack.home(name)))),
    async claim(job) {
      await Promise.all(owners.map(({ name }) => claimAll(stack, name, job)));
    },
    stop: () => stack.stopNamed(...owners.map(({ name }) => name)),
  };
}

const CLAIM_MILLIS = 240_000;

/** What is still in its window is claimed when that has passed. */
export async function claimAll(stack: Stack, name: string, job: string): Promise<void> {
  const deadline = Date.now() + CLAIM_MILLIS;
  let line = await succeed(['owner', 'claim', job], stack.home(name));
  while (line['pending'] !== '0' && Date.now() < deadline) {
    line = await succeed(['owner', 'claim', job], stack.home(name));
  }
}
