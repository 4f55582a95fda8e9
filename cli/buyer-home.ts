/** A buyer's home: its key, and what its commands work with. */
import { join } from 'node:path';
import type { Wallet } from 'ethers';
import type { BuyerSetting } from '#buyer/setting.ts';
import { connectIpfs } from '#datasets/ipfs.ts';
import { sendingContracts } from './chain.ts';
import { assertNoKey, createKeystore, openKeystore } from './keystore.ts';
import { readNewPassword, readPassword } from './password.ts';
import type { Settings } from './settings.ts';

const keyPath = (home: string) => join(home, 'buyer.json');

export async function createBuyerKey({ home, passwordFile }: Settings): Promise<Wallet> {
  assertNoKey(keyPath(home));
  return createKeystore(keyPath(home), await readNewPassword(passwordFile));
}

/** @throws TributaryError `keystore/…`, `settings/…`, `chain/…` */
export async function buyerSetting(settings: Settings): Promise<BuyerSetting> {
  const wallet = await openKeystore(keyPath(settings.home), await readPassword(settings.passwordFile));
  return {
    contracts: await sendingContracts(settings, wallet),
    key: wallet.signingKey,
    store: connectIpfs(settings.ipfs),
    home: settings.home,
  };
}
