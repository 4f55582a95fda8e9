/** `tributary dev`: a local stack that stays up until it is stopped. */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { TributaryError } from '#crypto/error.ts';
import { takeLock } from '#datasets/folder-lock.ts';
import { assertOwnRecord } from '../dev/contracts.ts';
import { openLogFile } from '../dev/log-file.ts';
import { devPaths, type DevPaths } from '../dev/paths.ts';
import { claimPorts, freePorts, type Ports } from '../dev/ports.ts';
import { endNotedProcesses } from '../dev/processes.ts';
import { forgetStackRecord, readStackRecord, writeStackRecord } from '../dev/stack-record.ts';
import { startStack, stopStack, type Running, type Stack } from '../dev/stack.ts';
import { aborted, untilStopped } from '../lifetime.ts';
import { progress, result } from '../output.ts';
import { readSettings, type CommonOptions } from '../settings.ts';
import { stackText } from './dev-text.ts';

export type DevOptions = CommonOptions &
  Readonly<{
    fresh?: boolean;
    ports: 'asked' | 'free';
    chainPort: number;
    ipfsPort: number;
    coordinatorPort: number;
    blockTime: number;
    minRoundTimeout: number;
    minShortWindow: number;
    minLongWindow: number;
  }>;

/**
 * @throws TributaryError `dev/running`, `dev/other-deployment`, `dev/port-taken`, `dev/one-port-twice`,
 *   `dev/not-started`, `dev/service-ended`
 */
export async function runDev(options: DevOptions): Promise<void> {
  const { home, json } = readSettings(options);
  const began = Date.now();
  const stop = untilStopped();
  const paths = devPaths(home);
  mkdirSync(home, { recursive: true, mode: 0o700 });
  const lock = await takeLock(paths.lock, (pid) => isRunning(home, pid));
  const log = openLogFile(join(paths.logs, 'dev.log'));
  const say = (text: string) => {
    log.line(text);
    progress(text);
  };
  const running: Running = [];
  let starting: Promise<Stack> | undefined;
  const killAll = () => running.forEach((service) => service.kill());
  process.once('exit', killAll);
  try {
    const ports = await prepare(options, home, paths, say);
    const { minRoundTimeout, minShortWindow, minLongWindow, blockTime } = options;
    const floors = { minRoundTimeout, minShortWindow, minLongWindow };
    starting = startStack({ paths, ports, blockTime, floors, say, stop }, running);
    const stack = await Promise.race([starting, aborted(stop)]);
    if (stack !== undefined) await serve(stack, running, { home, paths, json, began, stop });
    say('stopping');
  } finally {
    await stopStack(running);
    // Cut in the middle, it fails because its services are gone.
    await starting?.catch(() => undefined);
    forgetStackRecord(home);
    // A wrapper that was killed may have left its anvil.
    await endNotedProcesses(paths.processes);
    process.off('exit', killAll);
    log.close();
    await lock.release();
  }
}

/** Everything that may refuse, before anything is started. */
async function prepare(
  options: DevOptions,
  home: string,
  paths: DevPaths,
  say: (text: string) => void,
): Promise<Ports> {
  const orphans = await endNotedProcesses(paths.processes);
  if (orphans.length > 0)
    say(`an earlier stack was killed; ended what was left of it: ${orphans.join(', ')}`);
  assertOwnRecord(paths);
  const earlier = readStackRecord(paths.folder);
  forgetStackRecord(home);
  const { chainPort: chain, ipfsPort: ipfs, coordinatorPort: coordinator } = options;
  const asked = { chain, ipfs, coordinator };
  const ports =
    options.ports === 'free'
      ? await freePorts(earlier === null ? asked : portsOf(earlier))
      : await claimPorts(asked);
  if (options.fresh === true) {
    for (const path of statePaths(paths)) rmSync(path, { recursive: true, force: true });
    say('forgot the earlier chain, blocks and coordinator; homes of owners and buyers on it are void');
  }
  return ports;
}

/** What one chain's life leaves behind. The empty database that was prepared once stays: it saves seconds. */
const statePaths = ({ chainState, deployment, published, coordinator, ipfs }: DevPaths): string[] => [
  ...[chainState, deployment, published, ipfs],
  ...['coordinator', 'coordinator.json'].map((name) => join(coordinator, name)),
];

type Serving = Readonly<{
  home: string;
  paths: DevPaths;
  json: boolean;
  began: number;
  stop: AbortSignal;
}>;

/** Says where everything is, and waits. @throws TributaryError `dev/service-ended` */
async function serve(stack: Stack, running: Running, to: Serving): Promise<void> {
  const { rpc, ipfs, coordinator } = stack;
  const record = { rpc, ipfs, coordinator, deployment: to.paths.published };
  writeStackRecord(to.home, record);
  // Stays when the stack stops: with --ports free the next one takes the same ports, which jobs' terms name.
  writeStackRecord(to.paths.folder, record);
  const environment = {
    TRIBUTARY_RPC: rpc,
    TRIBUTARY_IPFS: ipfs,
    TRIBUTARY_DEPLOYMENT: to.paths.published,
  };
  const seconds = Math.round((Date.now() - to.began) / 1000);
  const facts = { ...stack, home: to.home, logs: to.paths.logs, environment, seconds };
  result(to.json, { event: 'ready', pid: process.pid, ...facts }, stackText(facts));

  const ends = running.map(async (service) => {
    const how = await service.ended;
    return { service, how };
  });
  const first = await Promise.race([aborted(to.stop), ...ends]);
  if (first === undefined || to.stop.aborted) return;
  const { service, how } = first;
  throw new TributaryError(
    'dev/service-ended',
    `the ${service.name} ended by itself (${how}), so all is stopped. It said last: ${service.tail()}`,
  );
}

const portsOf = ({ rpc, ipfs, coordinator }: NonNullable<ReturnType<typeof readStackRecord>>): Ports => ({
  chain: portOf(rpc),
  ipfs: portOf(ipfs),
  coordinator: portOf(coordinator.url),
});

const portOf = (url: string): number => Number(new URL(url).port);

const isRunning = (home: string, pid: number) =>
  new TributaryError(
    'dev/running',
    `process ${pid} runs a stack in ${home} already: use it, stop it, or choose another --home (with --ports free)`,
  );
