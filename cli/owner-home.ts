/** An owner's home: two keys, the salt of its commitment, and what it registered. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Wallet } from 'ethers';
import { z } from 'zod';
import { fromHex, toHex } from '#crypto/bytes.ts';
import { TributaryError } from '#crypto/error.ts';
import { systemRng } from '#crypto/random.ts';
import { schemaSchema } from '#datasets/schema.ts';
import { bytes32, type Address } from '#protocol/units.ts';
import { assertNoKey, createKeystore, keystoreAddress, moveKey, openKeystore } from './keystore.ts';
import { readNewPassword, readPassword } from './password.ts';
import type { Settings } from './settings.ts';

const registration = z.strictObject({
  /** Ids in the registry and the access token contract. */
  dataset: z.int().min(1),
  token: z.int().min(1),
  /** Digest of the descriptor's block. */
  descriptor: bytes32,
  /** What was published of the rows' columns, and how their file is read. */
  schema: schemaSchema,
});

/** What `owner register` did. */
export type Registration = Readonly<z.infer<typeof registration>>;

export type OwnerHome = Readonly<{
  /** Where the client keeps its journal. */
  client: string;
  /** Makes what is not there yet. @param ownerKey false for a machine that is never to hold the owner's key */
  init(ownerKey: boolean): Promise<Readonly<{ owner: Address | null; operator: Address }>>;
  ownerKey(): Promise<Wallet>;
  operatorKey(): Promise<Wallet>;
  /** Without opening its keystore, which says it in clear. */
  operatorAddress(): Address;
  /** The operator key that is to take the present one's place; made where there is none yet. */
  nextOperator(): Promise<Address>;
  /** Null before `nextOperator`. */
  nextOperatorAddress(): Address | null;
  /** Puts the next operator key into its place. @returns where the old one is kept */
  adoptNextOperator(): string;
  salt(): Uint8Array;
  registration(): Registration | null;
  register(done: Registration): void;
}>;

export function ownerHome({ home, passwordFile }: Settings): OwnerHome {
  const path = (name: string) => join(home, name);
  const next = path('operator-next.json');
  const open = async (name: string) => openKeystore(path(name), await readPassword(passwordFile));
  return {
    client: path('client'),
    async init(ownerKey) {
      // The salt is written last: until it is there, an earlier init was cut and is taken up again.
      if (existsSync(path('salt'))) assertNoKey(path('operator.json'));
      const password = await readNewPassword(passwordFile);
      if (ownerKey) await ensureKey(path('owner.json'), password);
      await ensureKey(path('operator.json'), password);
      if (!existsSync(path('salt'))) {
        writeFileSync(path('salt'), toHex(systemRng().bytes(32)), { mode: 0o600, flag: 'wx' });
      }
      const owner = ownerKey ? keystoreAddress(path('owner.json')) : null;
      return { owner, operator: keystoreAddress(path('operator.json')) };
    },
    nextOperatorAddress: () => (existsSync(next) ? keystoreAddress(next) : null),
    async nextOperator() {
      if (!existsSync(next)) await createKeystore(next, await readNewPassword(passwordFile));
      return keystoreAddress(next);
    },
    adoptNextOperator() {
      const present = path('operator.json');
      // Cut between the two moves, the old one is aside already.
      const old = existsSync(present) ? path(`operator-${keystoreAddress(present)}.json`) : null;
      if (old !== null) moveKey(present, old);
      moveKey(next, present);
      return old ?? home;
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

/** A key that an earlier init made must open with the password that is given now. */
async function ensureKey(path: string, password: string): Promise<void> {
  if (existsSync(path)) await openKeystore(path, password);
  else await createKeystore(path, password);
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
