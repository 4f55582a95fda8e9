/** From settings to typed contracts, to read or to send as one account. */
import { existsSync, readFileSync } from 'node:fs';
import type { Wallet } from 'ethers';
import { TributaryError } from '#crypto/error.ts';
import { connect, connectAs, type Contracts, type SendingContracts } from '#contracts/connect.ts';
import { assertDeployment } from '#contracts/deployed-code.ts';
import { deploymentSchema, type Deployment } from '#contracts/deployment.ts';
import { openChain } from '#contracts/provider.ts';
import { createTransactor } from '#contracts/transact.ts';
import type { Settings } from './settings.ts';

/** @throws TributaryError `settings/no-deployment` where the record is missing or is none */
export function readDeployment(path: string): Deployment {
  if (!existsSync(path)) {
    throw new TributaryError(
      'settings/no-deployment',
      `there is no deployment record at ${path}: give --deployment`,
    );
  }
  try {
    return deploymentSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (cause) {
    throw new TributaryError('settings/no-deployment', `${path} is no deployment record`, { cause });
  }
}

/**
 * Contracts that stand as the record says.
 *
 * @throws TributaryError `chain/unreachable`, `chain/other-chain` where the record is of another chain, `deployment/…`
 *   where the contracts are others
 */
export async function readingContracts(settings: Settings): Promise<Contracts> {
  const deployment = readDeployment(settings.deployment);
  const provider = await openChain(settings.rpc, { chainId: deployment.chainId });
  return sound(connect(deployment, provider));
}

/** Sends as the wallet's account. @throws as `readingContracts` */
export async function sendingContracts(settings: Settings, wallet: Wallet): Promise<SendingContracts> {
  const deployment = readDeployment(settings.deployment);
  const provider = await openChain(settings.rpc, { chainId: deployment.chainId });
  return sound(connectAs(deployment, await createTransactor(wallet.connect(provider))));
}

async function sound<T extends Contracts>(contracts: T): Promise<T> {
  try {
    await assertDeployment(contracts);
    return contracts;
  } catch (error) {
    contracts.provider.destroy();
    throw error;
  }
}
