/** Keys at rest: Web3 Secret Storage v3, mode 0600, opened by a password from a file or a prompt. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { Wallet, encryptKeystoreJson } from 'ethers';
import { TributaryError } from '#crypto/error.ts';
import { toAddress, type Address } from '#protocol/units.ts';

/** @throws TributaryError `keystore/no-password` where neither a file nor a terminal gives one */
export async function readPassword(file: string | null): Promise<string> {
  if (file !== null) {
    if (!existsSync(file))
      throw new TributaryError('keystore/no-password', `there is no password file at ${file}`);
    return readFileSync(file, 'utf8').replace(/\r?\n$/, '');
  }
  if (!process.stdin.isTTY) {
    throw new TributaryError('keystore/no-password', 'no terminal to ask on: give --password-file');
  }
  const muted = new Writable({ write: (_chunk, _encoding, done) => done() });
  const prompt = createInterface({ input: process.stdin, output: muted, terminal: true });
  process.stderr.write('Password: ');
  const password = await prompt.question('');
  prompt.close();
  process.stderr.write('\n');
  return password;
}

/** Makes a key and writes its keystore. @throws TributaryError `keystore/exists` rather than overwrite one */
export async function createKeystore(path: string, password: string): Promise<Wallet> {
  if (existsSync(path))
    throw new TributaryError('keystore/exists', `${path} holds a key already: move it away first`);
  const wallet = new Wallet(Wallet.createRandom().privateKey);
  const json = await encryptKeystoreJson(
    { address: wallet.address, privateKey: wallet.privateKey },
    password,
  );
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writeFileSync(path, json, { mode: 0o600, flag: 'wx' });
  return wallet;
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

/** The address that a keystore states in clear. @throws TributaryError `keystore/missing` */
export function keystoreAddress(path: string): Address {
  const { address } = JSON.parse(readKeystore(path)) as Readonly<{ address: string }>;
  return toAddress(address.startsWith('0x') ? address : `0x${address}`);
}

function readKeystore(path: string): string {
  if (existsSync(path)) return readFileSync(path, 'utf8');
  throw new TributaryError(
    'keystore/missing',
    `there is no key at ${path}: run the init command of this actor first`,
  );
}
