/** `tributary coordinator init | start`: a key, and the service until it is stopped. */
import { join } from 'node:path';
import type { Limits } from '#coordinator/http/limits/limits.ts';
import { startCoordinator } from '#coordinator/start.ts';
import { toAddress } from '#protocol/units.ts';
import { readingContracts } from '../chain.ts';
import { readHold } from '../hold.ts';
import { assertNoKey, createKeystore, openKeystore } from '../keystore.ts';
import { readLie } from '../lie.ts';
import { aborted, untilStopped } from '../lifetime.ts';
import { commandLog, heldAloud } from '../log.ts';
import { result } from '../output.ts';
import { readNewPassword, readPassword } from '../password.ts';
import { preparedDatabase } from '../prepared-database.ts';
import { readSettings, type CommonOptions, type Settings } from '../settings.ts';

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
    trustedProxies: readonly string[];
    readsPerMinute?: number;
    messagesPerMinute?: number;
    metricsHost: string;
    metricsPort?: number;
    lie?: string;
  }>;

const limitsOf = ({ trustedProxies, readsPerMinute, messagesPerMinute }: StartOptions): Partial<Limits> => ({
  trustedProxies,
  ...(readsPerMinute !== undefined && { readsPerMinute }),
  ...(messagesPerMinute !== undefined && { messagesPerMinute }),
});

export async function start(options: StartOptions): Promise<void> {
  const settings = readSettings(options);
  const { deployment, provider } = await readingContracts(settings);
  provider.destroy(); // the service has its own
  const stop = untilStopped();
  const service = await startCoordinator({
    folder: join(settings.home, 'coordinator'),
    host: options.host,
    port: options.port,
    ...(options.publicUrl !== undefined && { publicUrl: options.publicUrl }),
    ...(options.metricsPort !== undefined && {
      metrics: { host: options.metricsHost, port: options.metricsPort },
    }),
    limits: limitsOf(options),
    rpcUrl: settings.rpc,
    ipfsUrl: settings.ipfs,
    deployment,
    wallet: await openKeystore(keyPath(settings), await readPassword(settings.passwordFile)),
    hold: readHold(deployment.chainId),
    lie: readLie(deployment.chainId, options.lie),
    onHeld: heldAloud(settings.json),
    log: commandLog(settings.json),
    prepared: preparedDatabase(settings.home),
  });
  result(
    settings.json,
    { event: 'ready', url: service.url, metrics: service.metricsUrl, pid: process.pid },
    `coordinator at ${service.url}`,
  );
  await aborted(stop);
  await service.stop();
}
