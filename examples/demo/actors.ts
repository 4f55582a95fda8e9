/** The people of the story: each sets up its home and starts its process. */
import { Service, succeed } from './processes.ts';
import type { Stack } from './stack.ts';
import type { StoryData } from './data.ts';

export const PRICE = 1_000_000n;
/** Shared among the participants over all rounds. */
export const BONUS = 500_000n;

export type Owner = Readonly<{
  name: string;
  data: string;
  address: string;
  dataset: number;
  start(hold?: string): Service;
}>;

/** Owners name each other in their policies, register their datasets and offer access. */
export async function setUpOwners(stack: Stack, data: StoryData, called: string): Promise<Owner[]> {
  const names = data.owners.map((_, index) => `owner-${index + 1}`);
  const addresses = await Promise.all(
    names.map(async (name) => String((await succeed(['owner', 'init'], stack.home(name)))['owner'])),
  );
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

export const startCoordinator = (stack: Stack, port: string, hold: string): Service =>
  stack.own(
    new Service('coordinator', ['coordinator', 'start', '--port', port], {
      ...stack.home('coordinator'),
      TRIBUTARY_HOLD: hold,
    }),
  );

/** The port of the first start is kept: the URL is in the job's signed terms. */
export async function setUpCoordinator(stack: Stack, hold: string): Promise<Coordinator> {
  const home = stack.home('coordinator');
  const address = String((await succeed(['coordinator', 'init'], home))['coordinator']);
  await succeed(['chain', 'fund', address, '--coins', '0'], stack.home('faucet'));
  const service = startCoordinator(stack, '0', hold);
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

export type Buyer = Readonly<{ job: string; quote: string; watch(): Service }>;

/** One quote, one launch. */
export async function launchJob(
  stack: Stack,
  data: StoryData,
  datasets: readonly number[],
  coordinator: Coordinator,
  { rounds, seed, phaseSeconds = 15 }: Readonly<{ rounds: number; seed: string; phaseSeconds?: number }>,
): Promise<Buyer> {
  const home = stack.home('buyer');
  const address = String((await succeed(['buyer', 'init'], home))['buyer']);
  await succeed(['chain', 'fund', address, '--coins', '1000000000'], stack.home('faucet'));
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
      ...['--round-timeout', '60', '--short-window', '2', '--long-window', '30', '--cutoff-days', '1'],
    ],
    home,
  );
  const job = String(launched['job']);
  return {
    job,
    quote: String(quote['total']),
    watch: () => stack.own(new Service('buyer', ['buyer', 'watch', job, '--held-out', data.heldOut], home)),
  };
}
