/** Whose account acts in a dispute: the keystore that is named, or the one that the home's actor pays with. */
import { existsSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { SigningKey } from 'ethers';
import { TributaryError } from '#crypto/error.ts';
import { keystoreAddress, openKeystore } from '../keystore.ts';
import { readPassword } from '../password.ts';
import type { Settings } from '../settings.ts';
import type { Signer } from '../unsigned/as-account.ts';

/** Each actor's keys, the one that holds its money first. */
const actors = [['buyer.json'], ['coordinator.json'], ['owner.json', 'operator.json'], ['arbiter.json']];

/** @param key a path, or undefined for the home's own. @throws TributaryError `dispute/which-key` */
export function keyFile({ home }: Settings, key?: string): string {
  if (key !== undefined) return resolve(key);
  const found = actors.flatMap((names) => names.find((name) => existsSync(join(home, name))) ?? []);
  const [only] = found;
  if (only !== undefined && found.length === 1) return join(home, only);
  throw new TributaryError(
    'dispute/which-key',
    found.length === 0
      ? `there is no actor's key in ${home}: give --key`
      : `${home} holds ${found.map((name) => basename(name)).join(', ')}: say by --key which one acts`,
  );
}

/** An account that acts, and the key by which it may read evidence. */
export type ActingKeys = Signer & Readonly<{ reading(): Promise<SigningKey> }>;

/** Opened once, however often they are asked for. */
export function holderOf(settings: Settings, file: () => string): ActingKeys {
  const open = async (path: string) => openKeystore(path, await readPassword(settings.passwordFile));
  const account = once(() => open(file()));
  return {
    key: account,
    address: async () => keystoreAddress(file()),
    // An owner pays by one key and is a member of its rounds by the other.
    reading: once(async () => {
      const operator = join(dirname(file()), 'operator.json');
      const member = basename(file()) === 'owner.json' && existsSync(operator);
      return (member ? await open(operator) : await account()).signingKey;
    }),
  };
}

function once<T>(step: () => Promise<T>): () => Promise<T> {
  let outcome: Promise<T> | undefined;
  return () => (outcome ??= step());
}
