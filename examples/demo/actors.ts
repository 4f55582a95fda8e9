/** The people of the story: each sets up its home and starts its process. */
import { Service, succeed } from './processes.ts';
import type { Stack } from './stack.ts';
import type { StoryData } from './data.ts';

export const PRICE = 1_000_000n;
/** Shared among the participants over all rounds. */
export const BONUS = 500_000n;
/** What the faucet gives the buyer. */
export const BUYER_COINS = 1_000_000_000n;

export type Owner = Readonly<{
  name: string;
  data: string;
  address: string;
  /** The account of the machine that trains. */
  operator: string;
  dataset: number;
  start(hold?: string): Service;
}>;

/** Owners name each other in their policies, register their datasets and offer access. */
export async function setUpOwners(stack: Stack, data: StoryData, called: string): Promise<Owner[]> {
  const names = data.owners.map((_, index) => `owner-${index + 1}`);
  const keys = await Promise.all(names.map((name) => succeed(['owner', 'init'], stack.home(name))));
  const addresses = keys.map(({ owner }) => String(owner));
  await succeed(['chain', 'fund', ...addresses, '--coins', '0'], stack.home('faucet'));
  return Promise.all(
    names.map(async (name, index) => {
      const path = data.owners[index] ?? '';
      const address = addresses[index] ?? '';
      const peers = addresses.filter((other) => other !== address).join(',');
      const registered = await succeed(
        [
          ...[
            'owner',
            'register',
            '--data',
            path,
            '--label',
            data.recipe.label.name,
            '--name',
            `${called} ${index + 1}`,
          ],
          ...['--price', PRICE.toString(), '--peers', peers, '--minimum-cohort', '3'],
        ],
        stack.home(name),
      );
      return {
        name,
        data: path,
        address,
        operator: String(keys[index]?.['operator']),
        dataset: Number(registered['dataset']),
        start: (hold = '') =>
          stack.own(
            new Service(name, ['owner', 'run', '--data', path], {
              ...stack.home(name),
              TRIBUTARY_HOLD: hold,
            }),
          ),
      };
    }),
  );
}

export type Coordinator = Readonly<{
  address: string;
  url: string;
  service: Service;
  restart(): Promise<Service>;
}>;

/** @param lie what it is to post falsely, once */
export const startCoordinator = (stack: Stack, port: string, hold: string, lie?: string): Service =>
  stack.own(
    new Service(
      'coordinator',
      ['coordinator', 'start', '--port', port, ...(lie === undefined ? [] : ['--lie', lie])],
      { ...stack.home('coordinator'), TRIBUTARY_HOLD: hold },
    ),
  );

/** A key, and gas. @returns the account */
export async function setUpCoordinatorKey(stack: Stack): Promise<string> {
  const address = String((await succeed(['coordinator', 'init'], stack.home('coordinator')))['coordinator']);
  await succeed(['chain', 'fund', address, '--coins', '0'], stack.home('faucet'));
  return address;
}

/** The port of the first start is kept: the URL is in the job's signed terms. */
export async function setUpCoordinator(stack: Stack, hold: string, lie?: string): Promise<Coordinator> {
  const address = await setUpCoordinatorKey(stack);
  const service = startCoordinator(stack, '0', hold, lie);
  const url = String((await service.ready())['url']);
  return {
    address,
    url,
    service,
    async restart() {
      const again = startCoordinator(stack, new URL(url).port, '');
      await again.ready();
      return again;
    },
  };
}

/** How a job is run, and whose it is; seconds. */
export type Running = Readonly<{
  rounds: number;
  phaseSeconds?: number;
  /** How long a round is kept after a cancel. */
  roundTimeout?: number;
  /** Challenge windows, with a quorum and without. */
  shortWindow?: number;
  longWindow?: number;
  /** The buyer's account, where it is set up already. */
  buyer?: string;
  /** Of the launch in the buyer's home. */
  name?: string;
}>;

export type Buyer = Readonly<{
  address: string;
  job: string;
  quote: string;
  /** @param further options of the watch */
  watch(...further: string[]): Service;
}>;

/** A key, and money. */
export async function setUpBuyer(stack: Stack): Promise<string> {
  const address = String((await succeed(['buyer', 'init'], stack.home('buyer')))['buyer']);
  await succeed(['chain', 'fund', address, '--coins', BUYER_COINS.toString()], stack.home('faucet'));
  return address;
}

/** One quote, one launch. */
export async function launchJob(
  stack: Stack,
  data: StoryData,
  datasets: readonly number[],
  coordinator: Pick<Coordinator, 'address' | 'url'>,
  running: Running & Readonly<{ seed: string }>,
): Promise<Buyer> {
  const { rounds, seed, phaseSeconds = 15, roundTimeout = 60, shortWindow = 2, longWindow = 30 } = running;
  const home = stack.home('buyer');
  const address = running.buyer ?? (await setUpBuyer(stack));
  const what = [
    ...['--datasets', datasets.join(',')],
    ...['--rounds', String(rounds), '--bonus', BONUS.toString()],
  ];
  const quote = await succeed(['buyer', 'quote', ...what], home);
  const launched = await succeed(
    [
      ...['buyer', 'launch', ...what, '--recipe', data.job, '--coordinator', coordinator.url],
      ...['--coordinator-address', coordinator.address, '--minimum-cohort', '3', '--seed', seed],
      ...[
        '--enrolling-seconds',
        String(Math.max(60, 2 * phaseSeconds)),
        '--phase-seconds',
        String(phaseSeconds),
      ],
      ...['--round-timeout', String(roundTimeout), '--cutoff-days', '1', '--name', running.name ?? 'job'],
      ...['--short-window', String(shortWindow), '--long-window', String(longWindow)],
    ],
    home,
  );
  const job = String(launched['job']);
  return {
    address,
    job,
    quote: String(quote['total']),
    watch: (...further) =>
      stack.own(new Service('buyer', ['buyer', 'watch', job, '--held-out', data.heldOut, ...further], home)),
  };
}
