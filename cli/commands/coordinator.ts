/** `tributary coordinator init | policy | start`: a key, what is taken on, and the service until it is stopped. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { controlSocket } from '#coordinator/control/socket.ts';
import { keepPolicy } from '#coordinator/operations/keep.ts';
import { digestOf } from '#coordinator/operations/published.ts';
import { readPolicy } from '#coordinator/operations/read.ts';
import { defaultPolicy } from '#coordinator/operations/schema.ts';
import { settlingPoints } from '#coordinator/driver/hold.ts';
import { keepCertificate } from '#coordinator/tls/keep.ts';
import { startCoordinator } from '#coordinator/start.ts';
import { toAddress } from '#protocol/units.ts';
import { readingContracts } from '../chain.ts';
import { readCoordinatorStorage } from '../coordinator-storage.ts';
import { readTlsFiles } from '../coordinator-tls.ts';
import { readHold } from '../hold.ts';
import { assertNoKey, createKeystore, openKeystore } from '../keystore.ts';
import { readLie } from '../lie.ts';
import { aborted, untilStopped } from '../lifetime.ts';
import { commandLog, heldAloud } from '../log.ts';
import { result } from '../output.ts';
import { readNewPassword, readPassword } from '../password.ts';
import { preparedDatabase } from '../prepared-database.ts';
import { readSettings, type CommonOptions, type Settings } from '../settings.ts';
import { keepHeapSmall } from '../small-heap.ts';

const keyPath = ({ home }: Settings) => join(home, 'coordinator.json');

export async function init(options: CommonOptions): Promise<void> {
  const settings = readSettings(options);
  assertNoKey(keyPath(settings));
  const wallet = await createKeystore(keyPath(settings), await readNewPassword(settings.passwordFile));
  const coordinator = toAddress(wallet.address);
  result(settings.json, { event: 'initialised', coordinator }, `coordinator ${coordinator}; give it gas`);
}

type StartOptions = CommonOptions &
  Readonly<{
    host: string;
    port: number;
    publicUrl?: string;
    draining?: boolean;
    tlsCert?: string;
    tlsKey?: string;
    operations?: string;
    blobs?: string;
    maxGasPrice?: bigint;
    metricsHost: string;
    metricsPort?: number;
    lie?: string;
  }>;

/** The policy in force, every default written out, so that a wrong file is found before a service reads it. */
export async function policy(options: CommonOptions & Readonly<{ operations?: string }>): Promise<void> {
  const settings = readSettings(options);
  const named = policyPath(settings, options.operations);
  const path = named.optional && !existsSync(named.path) ? null : named.path;
  const found = path === null ? defaultPolicy : await readPolicy(path);
  const digest = digestOf(found);
  const text = `${stringify(found)}# digest ${digest}`;
  result(settings.json, { event: 'policy', path, digest, policy: found }, text);
}

export async function start(options: StartOptions): Promise<void> {
  keepHeapSmall();
  const settings = readSettings(options);
  const storage = readCoordinatorStorage(settings, options.blobs);
  const { deployment, provider } = await readingContracts(settings);
  provider.destroy(); // the service has its own
  const log = commandLog(settings.json);
  const wallet = await openKeystore(keyPath(settings), await readPassword(settings.passwordFile));
  const { path, optional } = policyPath(settings, options.operations);
  const kept = await keepPolicy(path, log, { optional });
  const tlsFiles = readTlsFiles(settings, options);
  const tls = tlsFiles === null ? null : await keepCertificate(tlsFiles, log);
  const stop = untilStopped({ rereads: true });
  const service = await startCoordinator({
    folder: join(settings.home, 'coordinator'),
    ...storage,
    host: options.host,
    port: options.port,
    ...(options.publicUrl !== undefined && { publicUrl: options.publicUrl }),
    ...(tls !== null && { tls }),
    control: controlSocket(join(settings.home, 'coordinator')),
    draining: options.draining ?? false,
    ...(options.metricsPort !== undefined && {
      metrics: { host: options.metricsHost, port: options.metricsPort },
    }),
    rpcUrl: settings.rpc,
    ipfsUrl: settings.ipfs,
    deployment,
    wallet,
    hold: readHold(deployment.chainId, process.env['TRIBUTARY_HOLD'], settlingPoints),
    ...(options.maxGasPrice !== undefined && { maxGasPrice: options.maxGasPrice }),
    lie: readLie(deployment.chainId, options.lie),
    onHeld: heldAloud(settings.json),
    policy: kept,
    log,
    prepared: preparedDatabase(settings.home),
  });
  result(
    settings.json,
    {
      event: 'ready',
      url: service.url,
      metrics: service.metricsUrl,
      pid: process.pid,
      instance: service.instance,
    },
    `coordinator at ${service.url}`,
  );
  await aborted(stop);
  await service.stop();
  kept.close();
  tls?.close();
}

/** Flag over environment over the home's own file, which may come later. */
function policyPath(
  { home }: Settings,
  given = process.env['TRIBUTARY_OPERATIONS'] || undefined,
): Readonly<{ path: string; optional: boolean }> {
  return given === undefined
    ? { path: join(home, 'operations.yaml'), optional: true }
    : { path: given, optional: false };
}
