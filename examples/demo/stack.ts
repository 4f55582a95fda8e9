/** The processes that the story needs, each with a home of its own, and their end. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startAnvil } from '#contracts/anvil.ts';
import { Service, succeed, type Environment, type Line } from './processes.ts';

/** Seconds; a demo can't wait for the windows of real money. */
const floors = { timeout: 5, short: 2, long: 30 };

type Stoppable = Readonly<{ name?: string; stop(): Promise<unknown> }>;

export type Stack = Readonly<{
  rpc: string;
  ipfsUrl: string;
  /** Environment of an actor with its own home. */
  home(actor: string): Environment;
  folder(...names: string[]): string;
  /** Registers a process so that it is stopped with the others. */
  own<T extends Stoppable>(service: T): T;
  /** Brings the IPFS node back, with what it had, after `stopNamed('ipfs')`. */
  startIpfs(): Promise<void>;
  /** Stops the processes of these names. */
  stopNamed(...names: string[]): Promise<void>;
  stop(): Promise<void>;
}>;

/** Who answers disputes, if not whoever deployed, and what the deployment takes. */
export type Court = Readonly<{
  /** Base units. */
  arbiterFee: bigint;
  /** Basis points of a unit's price. */
  fee: number;
  /** Seconds. */
  defenceWindow: number;
  judgementWindow: number;
}>;

/**
 * Starts the chain and the IPFS node, and deploys the contracts.
 *
 * @param court for an arbiter with a home of its own, called arbiter
 */
export async function startStack(
  root: string,
  say: (text: string) => void,
  court: Court | null = null,
): Promise<Stack> {
  const owned: Stoppable[] = [];
  const own = <T extends Stoppable>(service: T): T => {
    owned.push(service);
    return service;
  };
  const stopNamed = async (...names: string[]) => {
    await Promise.all(
      owned.filter(({ name }) => names.includes(name ?? '')).map((service) => service.stop()),
    );
  };
  const stop = async () => {
    await Promise.all(owned.map((service) => service.stop()));
  };
  try {
    const password = join(root, 'password');
    writeFileSync(password, 'demo\n', { mode: 0o600 });
    say('chain: anvil, one block a second');
    const chain = own(await startAnvil({ blockTime: 1 }));
    const common = {
      TRIBUTARY_RPC: chain.url,
      TRIBUTARY_DEPLOYMENT: join(root, 'deployment.json'),
      TRIBUTARY_PASSWORD_FILE: password,
      TRIBUTARY_HOLD: '',
      // A database of the story's own, where it wants one.
      DATABASE_URL: '',
      TRIBUTARY_BLOBS: '',
    };
    say('IPFS: tributary ipfs start');
    const ipfsAt = (port: string): Promise<Line> => {
      const args = ['ipfs', 'start', '--port', port];
      return own(new Service('ipfs', args, { ...common, TRIBUTARY_HOME: join(root, 'ipfs') })).ready();
    };
    const ipfsUrl = String((await ipfsAt('0'))['url']);
    const home = (actor: string): Environment => ({
      ...common,
      TRIBUTARY_IPFS: ipfsUrl,
      TRIBUTARY_HOME: join(root, actor),
    });
    const disputes = court === null ? [] : await courtOptions(home('arbiter'), court);
    say('contracts: tributary chain deploy');
    await succeed(
      [
        ...['chain', 'deploy', '--min-round-timeout', String(floors.timeout)],
        ...['--min-short-window', String(floors.short), '--min-long-window', String(floors.long)],
        ...disputes,
      ],
      home('deployer'),
    );
    return {
      rpc: chain.url,
      ipfsUrl,
      home,
      folder: (...names) => join(root, ...names),
      own,
      async startIpfs() {
        await ipfsAt(new URL(ipfsUrl).port);
      },
      stopNamed,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Makes the arbiter's key. @returns what the deployment says of it */
async function courtOptions(
  arbiter: Environment,
  { arbiterFee, fee, defenceWindow, judgementWindow }: Court,
): Promise<string[]> {
  const { arbiter: address } = await succeed(['arbiter', 'init'], arbiter);
  return [
    ...['--fee', String(fee), '--arbiter', String(address), '--arbiter-fee', arbiterFee.toString()],
    ...['--defence-window', String(defenceWindow), '--judgement-window', String(judgementWindow)],
  ];
}
