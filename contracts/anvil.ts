/** A local chain: Foundry's anvil as a process of its own, from the package that npm installed for this platform. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { createRequire } from 'node:module';
import { setTimeout as delay } from 'node:timers/promises';
import { TributaryError } from '#crypto/error.ts';
import { LOCAL_CHAIN, openChain } from './provider.ts';

/** Everyone's: accounts from it hold nothing anywhere but on a local chain. */
export const localMnemonic = 'test test test test test test test test test test test junk';

/** Gas of a block where it is not limited: more than any test needs, and below what one account can pay for. */
const UNLIMITED_GAS = 2 ** 30;

const READY_TIMEOUT_MS = 20_000;
const STOP_TIMEOUT_MS = 5_000;

export type AnvilOptions = Readonly<{
  /** A free one by default. */
  port?: number;
  /** Seconds between blocks. Left out, each transaction is a block, and time stands still between them. */
  blockTime?: number;
  /** 31337 by default. */
  chainId?: number;
  mnemonic?: string;
  /** Funded accounts, 10 by default. */
  accounts?: number;
  /** Kept up to date every second, so that a killed chain goes on from there. */
  stateFile?: string;
  /** Limits neither code size nor gas: for contracts compiled without the optimiser. */
  unlimited?: boolean;
  /** File that gets its log, in which is what contracts print. No log by default. */
  log?: string;
}>;

export type Anvil = Readonly<{ url: string; process: ChildProcess; stop(): Promise<void> }>;

/**
 * Starts a chain on loopback and waits until it answers. It ends with this process.
 *
 * @throws TributaryError `chain/no-anvil` on a platform without one, `chain/not-started` when it ends or stays silent
 */
export async function startAnvil(options: AnvilOptions = {}): Promise<Anvil> {
  const binary = findBinary();
  const port = await claimPort(options.port ?? 0);
  const log = options.log === undefined ? 'ignore' : openSync(options.log, 'a');
  const child = spawn(binary, anvilArguments(options, port), { stdio: ['ignore', log, 'pipe'] });
  if (log !== 'ignore') closeSync(log);
  const errors: string[] = [];
  child.stderr?.setEncoding('utf8').on('data', (text: string) => errors.push(text));
  child.on('error', (error) => errors.push(error.message));
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  child.once('exit', () => process.off('exit', kill));

  const url = `http://127.0.0.1:${port}`;
  if (!(await answers(url, child))) {
    child.kill('SIGKILL');
    throw new TributaryError(
      'chain/not-started',
      `anvil did not start on port ${port}: ${errors.join('').trim()}`,
    );
  }
  return { url, process: child, stop: () => stop(child) };
}

function anvilArguments(options: AnvilOptions, port: number): string[] {
  const { blockTime, chainId, mnemonic, accounts, stateFile, unlimited = false, log } = options;
  return [
    ...(log === undefined ? ['--quiet'] : []),
    ...(unlimited
      ? ['--disable-code-size-limit', '--gas-limit', String(UNLIMITED_GAS)]
      : ['--enable-tx-gas-limit']),
    ...['--host', '127.0.0.1', '--port', String(port)],
    ...['--mnemonic', mnemonic ?? localMnemonic, '--accounts', String(accounts ?? 10)],
    ...['--chain-id', String(chainId ?? LOCAL_CHAIN)],
    ...(blockTime === undefined ? [] : ['--block-time', String(blockTime)]),
    ...(stateFile === undefined ? [] : ['--state', stateFile, '--state-interval', '1']),
  ];
}

/** The binary itself, not its npm wrapper: signals must reach the chain. */
function findBinary(platform: string = process.platform, arch: string = process.arch): string {
  const name = `@foundry-rs/anvil-${platform}-${arch === 'x64' ? 'amd64' : arch}`;
  try {
    return createRequire(import.meta.url).resolve(`${name}/bin/anvil`);
  } catch (cause) {
    throw new TributaryError(
      'chain/no-anvil',
      `There is no anvil for ${platform} on ${arch} (${name}): run "npm ci", or give the URL of a chain.`,
      { cause },
    );
  }
}

/** Looks that the port is free, or finds one for 0: another chain there would answer in ours' place. */
async function claimPort(wanted: number): Promise<number> {
  const server = createServer();
  try {
    server.listen(wanted, '127.0.0.1');
    await once(server, 'listening');
  } catch (cause) {
    throw new TributaryError(
      'chain/not-started',
      `Port ${wanted} is taken: choose another, or stop what uses it.`,
      {
        cause,
      },
    );
  }
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function answers(url: string, child: ChildProcess): Promise<boolean> {
  const deadline = Date.now() + READY_TIMEOUT_MS;
  while (child.exitCode === null && child.signalCode === null && Date.now() < deadline) {
    try {
      (await openChain(url, { timeoutMs: 1_000 })).destroy();
      return true;
    } catch {
      await delay(50); // not listening yet
    }
  }
  return false;
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const late = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
  await ended;
  clearTimeout(late);
}
