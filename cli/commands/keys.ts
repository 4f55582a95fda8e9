/** `tributary keys show | import | export | password`: keystores, and keys of other wallets. */
import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { Wallet } from 'ethers';
import { TributaryError } from '#crypto/error.ts';
import { toAddress } from '#protocol/units.ts';
import { confirmed } from '../confirm.ts';
import { keystoresIn } from '../home-contents.ts';
import { assertNoKey, changePassword, keystoreAddress, openKeystore, storeKey } from '../keystore.ts';
import { result, table } from '../output.ts';
import { readNewPassword, readPassword } from '../password.ts';
import { readSettings, type CommonOptions } from '../settings.ts';

/** The addresses, which a keystore states in clear. @throws TributaryError `keystore/missing`, `keystore/damaged` */
export async function show(options: CommonOptions, ...paths: string[]): Promise<void> {
  const { home, json } = readSettings(options);
  const files = paths.length > 0 ? paths.map((path) => resolve(path)) : keystoresIn(home);
  const keys = files.map((file) => ({ file, address: keystoreAddress(file), mode: modeOf(file) }));
  const rows = keys.map(({ file, address, mode }) => [basename(file), address, mode]);
  result(
    json,
    { event: 'keys', keys },
    keys.length === 0 ? `no keys in ${home}` : table(['keystore', 'address', 'mode'], rows),
  );
}

/** Makes a keystore of a private key that stands in a file. @throws TributaryError `keys/not-a-key`, `keystore/…` */
export async function importKey(
  options: CommonOptions & Readonly<{ keyFile: string }>,
  name: string,
): Promise<void> {
  const settings = readSettings(options);
  const path = resolve(name);
  assertNoKey(path);
  const wallet = readKey(options.keyFile);
  await storeKey(path, wallet, await readNewPassword(settings.passwordFile));
  const address = toAddress(wallet.address);
  result(
    settings.json,
    { event: 'imported', file: path, address },
    `${address} is in ${path}; now delete ${options.keyFile}`,
  );
}

type ExportOptions = CommonOptions & Readonly<{ out: string; yes?: boolean; dryRun?: boolean }>;

/**
 * Writes the bare private key, for another wallet; mode 0600, and never over a file.
 *
 * @throws TributaryError `keys/not-confirmed`, `keys/out-exists`, `keystore/…`
 */
export async function exportKey(options: ExportOptions, name: string): Promise<void> {
  const settings = readSettings(options);
  const [path, out] = [resolve(name), resolve(options.out)];
  const address = keystoreAddress(path);
  if (existsSync(out)) throw new TributaryError('keys/out-exists', `${out} exists: choose another --out`);
  if (options.dryRun === true) {
    result(
      settings.json,
      { event: 'dry-run', address, out },
      `would write the bare key of ${address} to ${out}`,
    );
    return;
  }
  if (options.yes !== true) {
    const answer = await confirmed(
      `Write the bare key of ${address} to ${out}? Who reads it can spend all it has.`,
    );
    if (answer !== true) {
      throw new TributaryError(
        'keys/not-confirmed',
        answer === null ? 'no terminal to ask on: give --yes' : 'nothing was written',
      );
    }
  }
  const wallet = await openKeystore(path, await readPassword(settings.passwordFile));
  writeFileSync(out, `${wallet.privateKey}\n`, { mode: 0o600, flag: 'wx' });
  chmodSync(out, 0o600);
  result(settings.json, { event: 'exported', address, file: out }, `the bare key of ${address} is in ${out}`);
}

type PasswordOptions = CommonOptions & Readonly<{ newPasswordFile?: string }>;

/** Puts a keystore, of any actor, under another password; whoever runs with it notices at its next start. @throws TributaryError `keystore/…` */
export async function password(options: PasswordOptions, name: string): Promise<void> {
  const settings = readSettings(options);
  const path = resolve(name);
  // Before anybody types a new one.
  keystoreAddress(path);
  const old = await readPassword(settings.passwordFile);
  const address = await changePassword(path, old, await readNewPassword(options.newPasswordFile ?? null));
  result(
    settings.json,
    { event: 'password', file: path, address },
    `${address} is under the new password; copies of the old file still open with the old one`,
  );
}

function readKey(file: string): Wallet {
  try {
    const text = readFileSync(file, 'utf8').trim();
    return new Wallet(text.startsWith('0x') ? text : `0x${text}`);
  } catch {
    // The cause could carry the key.
    throw new TributaryError(
      'keys/not-a-key',
      `${file} holds no private key: 32 bytes as hex, alone in the file`,
    );
  }
}

const modeOf = (file: string): string => (statSync(file).mode & 0o777).toString(8).padStart(4, '0');
