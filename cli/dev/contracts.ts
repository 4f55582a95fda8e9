/** The contracts of a local stack: those of an earlier run where the chain still has them, else new ones. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { TributaryError } from '#crypto/error.ts';
import { deploy } from '#contracts/deploy.ts';
import { deploymentSchema, type Deployment } from '#contracts/deployment.ts';
import type { Floors } from '#contracts/bindings/opening-policy.ts';
import { openChain } from '#contracts/provider.ts';
import { createTransactor } from '#contracts/transact.ts';
import { faucetWallet } from '../faucet.ts';
import type { DevPaths } from './paths.ts';

/**
 * @param blockTime seconds; for the deployment itself nobody waits that long
 * @throws TributaryError `dev/other-deployment` rather than overwrite a record that another deployment left in the home
 */
export async function ensureContracts(
  rpc: string,
  paths: DevPaths,
  floors: Floors,
  blockTime: number,
): Promise<Readonly<{ deployment: Deployment; fresh: boolean }>> {
  const provider = await openChain(rpc);
  try {
    const earlier = readRecord(paths.deployment);
    if (earlier !== null && (await provider.getCode(earlier.escrow)) !== '0x') {
      publish(paths, earlier);
      return { deployment: earlier, fresh: false };
    }
    await provider.send('evm_setAutomine', [true]);
    const deployment = await deploy(await createTransactor(faucetWallet().connect(provider)), floors);
    await provider.send('evm_setIntervalMining', [blockTime]);
    writeRecord(paths.deployment, deployment);
    publish(paths, deployment);
    return { deployment, fresh: true };
  } finally {
    provider.destroy();
  }
}

/** Looked at before anything is started. @throws TributaryError `dev/other-deployment` */
export function assertOwnRecord({ deployment, published }: DevPaths): void {
  if (!existsSync(published)) return;
  const ours = existsSync(deployment) ? readFileSync(deployment, 'utf8') : null;
  if (ours === readFileSync(published, 'utf8')) return;
  throw new TributaryError(
    'dev/other-deployment',
    `${published} is the record of another deployment: move it away, or choose another --home for this stack`,
  );
}

function publish({ published }: DevPaths, deployment: Deployment): void {
  writeRecord(published, deployment);
}

function writeRecord(file: string, deployment: Deployment): void {
  // In the schema's order of keys, as it is read again: the two copies are compared as text.
  writeFileSync(file, `${JSON.stringify(deploymentSchema.parse(deployment), null, 2)}\n`, { mode: 0o600 });
}

function readRecord(file: string): Deployment | null {
  if (!existsSync(file)) return null;
  const parsed = deploymentSchema.safeParse(JSON.parse(readFileSync(file, 'utf8')));
  return parsed.success ? parsed.data : null;
}
