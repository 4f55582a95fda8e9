/**
 * A command's transactions as an administrator of the deployment: the keystore that is named, or admin.json of the
 * home, or deployer.json; on a local chain without either, the account that deployed there.
 */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { LOCAL_CHAIN } from '#contracts/provider.ts';
import { toAddress } from '#protocol/units.ts';
import { readDeployment } from '../chain.ts';
import { faucetWallet } from '../faucet.ts';
import { keystoreAddress, openKeystore } from '../keystore.ts';
import { readPassword } from '../password.ts';
import type { Settings } from '../settings.ts';
import { asAccount, type SigningAccount, type SigningOptions } from './as-account.ts';

export type AdminOptions = SigningOptions & Readonly<{ keystore?: string }>;

/** @throws as `asAccount` */
export async function asAdmin(
  settings: Settings,
  options: AdminOptions,
  work: (account: SigningAccount) => Promise<void>,
): Promise<void> {
  const file = keystoreOf(settings, options);
  const local = readDeployment(settings.deployment).chainId === LOCAL_CHAIN;
  const signer =
    local && options.keystore === undefined && !existsSync(file)
      ? {
          key: async () => faucetWallet(),
          address: async () => toAddress(faucetWallet().address),
        }
      : {
          key: async () => openKeystore(file, await readPassword(settings.passwordFile)),
          address: async () => keystoreAddress(file),
        };
  await asAccount(settings, options, signer, work);
}

function keystoreOf({ home }: Settings, { keystore }: AdminOptions): string {
  if (keystore !== undefined) return resolve(keystore);
  const own = join(home, 'admin.json');
  const deployer = join(home, 'deployer.json');
  return existsSync(own) || !existsSync(deployer) ? own : deployer;
}
