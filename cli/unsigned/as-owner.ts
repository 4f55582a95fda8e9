/**
 * An owner's transactions, three ways: signed here with the owner's key; prepared into a file for a machine that has
 * it (`--unsigned`); or only told (`--dry-run`). A command is written once.
 */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { connectAs, type Contracts, type SendingContracts } from '#contracts/connect.ts';
import { toAddress, type Address } from '#protocol/units.ts';
import { readingContracts, sendingContracts } from '../chain.ts';
import { keystoreAddress } from '../keystore.ts';
import { result } from '../output.ts';
import { ownerHome } from '../owner-home.ts';
import type { Settings } from '../settings.ts';
import { AwaitsSignature, prepareInto } from './preparing.ts';
import { stepFacts, stepText } from './steps-text.ts';

export type SigningOptions = Readonly<{
  /** Prepare into this file and sign nothing. */
  unsigned?: string;
  /** The owner's account, where its keystore is not here. */
  from?: string;
  /** Tell what would be signed, and stop. */
  dryRun?: boolean;
}>;

export type OwnerAccount = Readonly<{
  contracts: SendingContracts;
  /** A decision that must come out the same when the command runs again with the same file, such as a date. */
  remember(name: string, decide: () => string): string;
}>;

/**
 * Runs a command's transactions as the owner. With `--unsigned` it ends at the first that is not mined yet, and says so.
 *
 * @throws what `work` throws; TributaryError `keystore/…`, `settings/…`, `chain/…`, `unsigned/…`
 */
export async function asOwner(
  settings: Settings,
  options: SigningOptions,
  work: (account: OwnerAccount) => Promise<void>,
): Promise<void> {
  if (options.unsigned === undefined && options.dryRun !== true) {
    const contracts = await sendingContracts(settings, await ownerHome(settings).ownerKey());
    try {
      return await work({ contracts, remember: (_name, decide) => decide() });
    } finally {
      contracts.provider.destroy();
    }
  }
  const reading = await readingContracts(settings);
  const { provider, deployment } = reading;
  const path = options.dryRun === true || options.unsigned === undefined ? null : resolve(options.unsigned);
  try {
    const from = await ownerAddress(settings, options, reading);
    const { transactor, remember } = prepareInto(path, provider, deployment, from);
    await work({ contracts: connectAs(deployment, transactor), remember });
  } catch (error) {
    if (!(error instanceof AwaitsSignature)) throw error;
    tell(settings.json, path, error);
  } finally {
    provider.destroy();
  }
}

/** The account named, or that of the keystore, or who owns the registered dataset on the chain. */
async function ownerAddress(
  settings: Settings,
  { from }: SigningOptions,
  { registry }: Contracts,
): Promise<Address> {
  if (from !== undefined) return toAddress(from.toLowerCase());
  const keystore = join(settings.home, 'owner.json');
  if (existsSync(keystore)) return keystoreAddress(keystore);
  const registration = ownerHome(settings).registration();
  if (registration !== null) return registry.read.ownerOf(BigInt(registration.dataset));
  // Says that there is no key, and which command makes one.
  return keystoreAddress(keystore);
}

function tell(json: boolean, path: string | null, { steps }: AwaitsSignature): void {
  const transactions = steps.map(stepFacts);
  const waiting = steps.filter(({ transaction }) => transaction === null).map(stepText);
  if (path === null) {
    result(json, { event: 'dry-run', transactions }, [...waiting, 'nothing was signed or sent'].join('\n'));
    return;
  }
  const next = [
    `prepared in ${path}; now`,
    `  tributary keys sign ${path}    where the key is`,
    `  tributary keys send ${path}    where the chain is`,
    'and run the same command again, which goes on from there',
  ];
  result(json, { event: 'prepared', file: path, transactions }, [...waiting, ...next].join('\n'));
}
