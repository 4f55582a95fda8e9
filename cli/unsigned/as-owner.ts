/** A command's transactions as the owner of this home. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { keystoreAddress } from '../keystore.ts';
import { ownerHome } from '../owner-home.ts';
import type { Settings } from '../settings.ts';
import { asAccount, type Signer, type SigningAccount, type SigningOptions } from './as-account.ts';

/** @throws as `asAccount` */
export const asOwner = (
  settings: Settings,
  options: SigningOptions,
  work: (account: SigningAccount) => Promise<void>,
): Promise<void> => asAccount(settings, options, ownerOf(settings), work);

const ownerOf = (settings: Settings): Signer => ({
  key: () => ownerHome(settings).ownerKey(),
  /** That of the keystore, or who owns the registered dataset on the chain. */
  async address({ registry }) {
    const keystore = join(settings.home, 'owner.json');
    if (existsSync(keystore)) return keystoreAddress(keystore);
    const registration = ownerHome(settings).registration();
    if (registration !== null) return registry.read.ownerOf(BigInt(registration.dataset));
    // Says that there is no key, and which command makes one.
    return keystoreAddress(keystore);
  },
});
