/** An owner's home: two keys, the salt of its commitment, and what it registered. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Wallet } from 'ethers';
import { z } from 'zod';
import { fromHex, toHex } from '#crypto/bytes.ts';
import { TributaryError } from '#crypto/error.ts';
import { systemRng } from '#crypto/random.ts';
import { bytes32, type Address } from '#protocol/units.ts';
import { createKeystore, keystoreAddress, openKeystore, readPassword } from './keystore.ts';
import type { Settings } from './settings.ts';

const registration = z.strictObject({
  /** Ids in the registry and the access token contract. */
  dataset: z.int().min(1),
  token: z.int().min(1),
  /** Digest of the descriptor's block. */
  descriptor: bytes32,
  features: z.array(z.string()),
  label: z.string(),
});

/** What `owner register` did. */
export type Registration = Readonly<z.infer<typeof registration>>;

export type OwnerHome = Readonly<{
  /** Where the client keeps its journal. */
  client: string;
  init(): Promise<{ owner: Wallet; operator: Wallet }>;
  ownerKey(): Promise<Wallet>;
  operatorKey(): Promise<Wallet>;
  /** Without opening its keystore, which says it in clear. */
  operatorAddress(): Address;
  salt(): Uint8Array;
  registration(): Registration | null;
  register(done: Registration): void;
}>;

export function ownerHome({ home, passwordFile }: Settings): OwnerHome {
  const path = (name: string) => join(home, name);
  const open = async (name: string) => openKeystore(path(name), await readPassword(passwordFile));
  return {
    client: path('client'),
    async init() {
      const password = await readPassword(passwordFile);
      const owner = await createKeystore(path('owner.json'), password);
      const operator = await createKeystore(path('operator.json'), password);
      writeFileSync(path('salt'), toHex(systemRng().bytes(32)), { mode: 0o600, flag: 'wx' });
      return { owner, operator };
    },
    ownerKey: () => open('owner.json'),
    operatorKey: () => open('operator.json'),
    operatorAddress: () => keystoreAddress(path('operator.json')),
    salt() {
      if (!existsSync(path('salt'))) {
        throw new TributaryError(
          'keystore/missing',
          `there is no salt in ${home}: run tributary owner init first`,
        );
      }
      return fromHex(readFileSync(path('salt'), 'utf8').trim());
    },
    registration() {
      if (!existsSync(path('dataset.json'))) return null;
      const parsed = registration.safeParse(JSON.parse(readFileSync(path('dataset.json'), 'utf8')));
      if (!parsed.success)
        throw new TributaryError('settings/bad-file', `${path('dataset.json')} is damaged`);
      return parsed.data;
    },
    register(done) {
      mkdirSync(home, { recursive: true, mode: 0o700 });
      writeFileSync(path('dataset.json'), `${JSON.stringify(done, null, 2)}\n`, { mode: 0o600 });
    },
  };
}

/** @throws TributaryError `owner/not-registered` */
export function registered(home: OwnerHome): Registration {
  const found = home.registration();
  if (!found)
    throw new TributaryError(
      'owner/not-registered',
      'this home has no dataset yet: run tributary owner register',
    );
  return found;
}
