/**
 * An account's transactions, three ways: signed here with its key; prepared into a file for a machine that has it
 * (`--unsigned`); or only told (`--dry-run`). A command is written once.
 */
import { resolve } from 'node:path';
import type { Wallet } from 'ethers';
import { connectAs, type Contracts, type SendingContracts } from '#contracts/connect.ts';
import { toAddress, type Address } from '#protocol/units.ts';
import { readingContracts, sendingContracts } from '../chain.ts';
import { result } from '../output.ts';
import type { Settings } from '../settings.ts';
import { AwaitsSignature, prepareInto } from './preparing.ts';
import { stepFacts, stepText } from './steps-text.ts';

export type SigningOptions = Readonly<{
  /** Prepare into this file and sign nothing. */
  unsigned?: string;
  /** The account, where its keystore is not here. */
  from?: string;
  /** Tell what would be signed, and stop. */
  dryRun?: boolean;
}>;

export type SigningAccount = Readonly<{
  contracts: SendingContracts;
  /** A decision that must come out the same when the command runs again with the same file, such as a date. */
  remember(name: string, decide: () => string): string;
}>;

/** Whose transactions they are. */
export type Signer = Readonly<{
  /** Opens the key. */
  key(): Promise<Wallet>;
  /** The account, without opening the key. */
  address(contracts: Contracts): Promise<Address>;
}>;

/**
 * Runs a command's transactions as an account. With `--unsigned` it ends at the first that is not mined yet, and says so.
 *
 * @throws what `work` throws; TributaryError `keystore/…`, `settings/…`, `chain/…`, `unsigned/…`
 */
export async function asAccount(
  settings: Settings,
  options: SigningOptions,
  signer: Signer,
  work: (account: SigningAccount) => Promise<void>,
): Promise<void> {
  if (options.unsigned === undefined && options.dryRun !== true) {
    const contracts = await sendingContracts(settings, await signer.key());
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
    const from =
      options.from === undefined ? await signer.address(reading) : toAddress(options.from.toLowerCase());
    const { transactor, remember } = prepareInto(path, provider, deployment, from);
    await work({ contracts: connectAs(deployment, transactor), remember });
  } catch (error) {
    if (!(error instanceof AwaitsSignature)) throw error;
    tell(settings.json, path, error);
  } finally {
    provider.destroy();
  }
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
