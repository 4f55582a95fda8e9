/** Keys at rest: Web3 Secret Storage v3, mode 0600. */
import {
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { Wallet, encryptKeystoreJson } from 'ethers';
import { TributaryError } from '#crypto/error.ts';
import { toAddress, type Address } from '#protocol/units.ts';
import { useNodeScrypt } from './scrypt.ts';

useNodeScrypt();

/** Makes a key and writes its keystore. @throws TributaryError `keystore/exists` rather than overwrite one */
export async function createKeystore(path: string, password: string): Promise<Wallet> {
  const wallet = new Wallet(Wallet.createRandom().privateKey);
  await storeKey(path, wallet, password);
  return wallet;
}

/** Writes the keystore of a key, whole or not at all. @throws TributaryError `keystore/exists` */
export async function storeKey(path: string, wallet: Wallet, password: string): Promise<void> {
  assertNoKey(path);
  const json = await encryptKeystoreJson(
    { address: wallet.address, privateKey: wallet.privateKey },
    password,
  );
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, json, { mode: 0o600, flag: 'wx' });
  try {
    // Unlike a rename, a link never replaces a key that appeared meanwhile.
    linkSync(draft, path);
  } catch (cause) {
    throw exists(path, cause);
  } finally {
    rmSync(draft, { force: true });
  }
}

/**
 * Puts the same key under another password. Until the new file is whole, on disk and found to open, the old one stays.
 *
 * @throws TributaryError `keystore/missing`, `keystore/wrong-password`
 */
export async function changePassword(path: string, password: string, next: string): Promise<Address> {
  const wallet = await openKeystore(path, password);
  const { address, privateKey } = wallet;
  const json = await encryptKeystoreJson({ address, privateKey }, next);
  // A link to it goes on leading to it.
  const place = realpathSync(path);
  const draft = `${place}.${process.pid}`;
  try {
    writeFileSync(draft, json, { mode: 0o600, flag: 'wx', flush: true });
    const reopened = await openKeystore(draft, next);
    if (reopened.address !== address) throw new Error('the new keystore is of another key');
    renameSync(draft, place);
  } finally {
    rmSync(draft, { force: true });
  }
  return toAddress(address);
}

/** @throws TributaryError `keystore/exists` */
export function assertNoKey(path: string): void {
  if (existsSync(path)) throw exists(path, undefined);
}

/** Puts a keystore under another name. @throws TributaryError `keystore/exists` */
export function moveKey(from: string, to: string): void {
  assertNoKey(to);
  renameSync(from, to);
}

/** @throws TributaryError `keystore/missing`, `keystore/wrong-password` */
export async function openKeystore(path: string, password: string): Promise<Wallet> {
  const json = readKeystore(path);
  try {
    const opened = await Wallet.fromEncryptedJson(json, password);
    return new Wallet(opened.privateKey);
  } catch {
    // The cause could carry what was typed.
    throw new TributaryError('keystore/wrong-password', `${path} does not open with this password`);
  }
}

/** The address that a keystore states in clear. @throws TributaryError `keystore/missing`, `keystore/damaged` */
export function keystoreAddress(path: string): Address {
  const text = readKeystore(path);
  try {
    const { address } = JSON.parse(text) as Readonly<{ address: string }>;
    return toAddress(`0x${address.replace(/^0x/, '').toLowerCase()}`);
  } catch (cause) {
    throw new TributaryError('keystore/damaged', `${path} is no keystore, or is damaged`, { cause });
  }
}

function readKeystore(path: string): string {
  if (existsSync(path)) return readFileSync(path, 'utf8');
  throw new TributaryError(
    'keystore/missing',
    `there is no key at ${path}: run the init command of this actor first`,
  );
}

const exists = (path: string, cause: unknown) =>
  new TributaryError('keystore/exists', `${path} holds a key already: move it away first`, { cause });
