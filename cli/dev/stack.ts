/** A whole Tributary on this machine: chain, contracts, IPFS node and coordinator, each a process of its own. */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Floors } from '#contracts/bindings/opening-policy.ts';
import type { Deployment } from '#contracts/deployment.ts';
import { toAddress, type Address } from '#protocol/units.ts';
import { fundAccounts } from '../faucet.ts';
import { createKeystore, keystoreAddress } from '../keystore.ts';
import { ensureContracts } from './contracts.ts';
import type { DevPaths, ServiceName } from './paths.ts';
import type { Ports } from './ports.ts';
import { noteProcesses } from './processes.ts';
import { startService, type ReadyLine, type Service } from './service.ts';

export type StackPlan = Readonly<{
  paths: DevPaths;
  ports: Ports;
  /** Seconds between blocks. */
  blockTime: number;
  /** For new contracts; those that are there keep theirs. */
  floors: Floors;
  say: (text: string) => void;
  /** Once aborted, nothing more is started. */
  stop: AbortSignal;
}>;

export type Stack = Readonly<{
  rpc: string;
  ipfs: string;
  coordinator: Readonly<{ url: string; address: Address }>;
  deployment: Deployment;
  /** New contracts were deployed, so nothing of an earlier chain is valid. */
  fresh: boolean;
}>;

/** Whatever was started so far, in that order; a caller stops them whether or not `startStack` succeeds. */
export type Running = Service[];

/** @throws TributaryError `dev/not-started`; `chain/…`; the signal's reason */
export async function startStack(plan: StackPlan, running: Running): Promise<Stack> {
  const { paths, ports, blockTime, say } = plan;
  const start = async (name: ServiceName, args: string[], env: Record<string, string> = {}) => {
    plan.stop.throwIfAborted();
    const service = startService({ name, args, env, log: join(paths.logs, `${name}.log`) });
    running.push(service);
    await noteAll(paths, running);
    return service;
  };
  say(`chain: one block every ${blockTime} s on port ${ports.chain}`);
  const chain = await start('chain', [
    ...['chain', 'start', '--port', String(ports.chain), '--block-time', String(blockTime)],
    ...['--state', paths.chainState],
  ]);
  say(`IPFS node on port ${ports.ipfs}`);
  const ipfs = await start('ipfs', [
    ...['ipfs', 'start', '--port', String(ports.ipfs), '--folder', paths.ipfs],
  ]);
  const address = await ensureKey(paths);
  const chainSays = await chain.ready;
  await noteAll(paths, running, Number(chainSays['anvil']));
  const rpc = urlOf(chainSays);
  const { deployment, fresh } = await ensureContracts(rpc, paths, plan.floors, blockTime);
  if (fresh) say('contracts deployed');
  await fundAccounts(rpc, deployment, [address], 0n);
  const ipfsUrl = urlOf(await ipfs.ready);

  say(`coordinator on port ${ports.coordinator}`);
  const coordinator = await start(
    'coordinator',
    ['coordinator', 'start', '--port', String(ports.coordinator)],
    {
      TRIBUTARY_HOME: paths.coordinator,
      TRIBUTARY_RPC: rpc,
      TRIBUTARY_IPFS: ipfsUrl,
      TRIBUTARY_DEPLOYMENT: paths.deployment,
      TRIBUTARY_PASSWORD_FILE: paths.password,
    },
  );
  await noteAll(paths, running, Number(chainSays['anvil']));
  const url = urlOf(await coordinator.ready);
  return { rpc, ipfs: ipfsUrl, coordinator: { url, address }, deployment, fresh };
}

/** In the reverse of the order in which they started. */
export async function stopStack(running: Running): Promise<void> {
  for (const service of running.toReversed()) await service.stop();
}

const urlOf = (line: ReadyLine): string => String(line['url']);

function noteAll({ processes }: DevPaths, running: Running, anvil?: number): Promise<void> {
  const wrapped = anvil === undefined ? [] : [{ name: 'anvil', pid: anvil }];
  return noteProcesses(processes, [...running.map(({ name, pid }) => ({ name, pid })), ...wrapped]);
}

/** The coordinator's key is worth nothing elsewhere, so its password may lie beside it. */
async function ensureKey({ password, coordinator }: DevPaths): Promise<Address> {
  const keystore = join(coordinator, 'coordinator.json');
  if (existsSync(keystore)) return keystoreAddress(keystore);
  mkdirSync(coordinator, { recursive: true, mode: 0o700 });
  const text = randomBytes(16).toString('hex');
  writeFileSync(password, `${text}\n`, { mode: 0o600 });
  return toAddress((await createKeystore(keystore, text)).address);
}
