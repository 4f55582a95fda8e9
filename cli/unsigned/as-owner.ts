/** A command's transactions as the owner of a home: see as-account.ts for the three ways. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Contracts } from '#contracts/connect.ts';
import type { Address } from '#protocol/units.ts';
import { keystoreAddress } from '../keystore.ts';
import { ownerHome } from '../owner-home.ts';
import type { Settings } from '../settings.ts';
import { asAccount, type Account, type SigningOptions } from './as-account.ts';

export type { Account as OwnerAccount, SigningOptions };

/** @throws as {@link asAccount} */
export const asOwner = (
  settings: Settings,
  options: SigningOptions,
  work: (account: Account) => Promise<void>,
): Promise<void> =>
  asAccount(
    settings,
    options,
    {
      open: () => ownerHome(settings).ownerKey(),
      address: (contracts) => ownerAddress(settings, contracts),
    },
    work,
  );

/** That of the keystore, or who owns the registered dataset on the chain. */
async function ownerAddress(settings: Settings, { registry }: Contracts): Promise<Address> {
  const keystore = join(settings.home, 'owner.json');
  if (existsSync(keystore)) return keystoreAddress(keystore);
  const registration = ownerHome(settings).registration();
  if (registration !== null) return registry.read.ownerOf(BigInt(registration.dataset));
  // Says that there is no key, and which command makes one.
  return keystoreAddress(keystore);
}
