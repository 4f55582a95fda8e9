/** `tributary keys sign FILE`: sign prepared transactions where the key is; no chain is needed. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Wallet } from 'ethers';
import { TributaryError } from '#crypto/error.ts';
import type { Deployment } from '#contracts/deployment.ts';
import { describeCall } from '#contracts/describe-call.ts';
import { hex } from '#protocol/units.ts';
import { readDeployment } from '../chain.ts';
import { confirmed } from '../confirm.ts';
import { keystoreAddress, openKeystore } from '../keystore.ts';
import { result } from '../output.ts';
import { readPassword } from '../password.ts';
import { readSettings, type CommonOptions, type Settings } from '../settings.ts';
import { stepFacts, stepText } from '../unsigned/steps-text.ts';
import {
  readTransactions,
  toTransaction,
  writeTransactions,
  type TransactionFile,
  type TransactionStep,
} from '../unsigned/transaction-file.ts';

type SignOptions = CommonOptions &
  Readonly<{ keystore?: string; chain?: number; out?: string; yes?: boolean; dryRun?: boolean }>;

/**
 * What is shown is read from the bytes that are signed, never from what the file says of them.
 *
 * @throws TributaryError `unsigned/bad-file`, `unsigned/other-chain`, `unsigned/other-account`,
 *   `unsigned/unknown-call`, `unsigned/not-confirmed`, `keystore/…`
 */
export async function sign(options: SignOptions, name: string): Promise<void> {
  const settings = readSettings(options);
  const path = resolve(name);
  const file = readTransactions(path);
  const keystore = resolve(options.keystore ?? join(settings.home, 'owner.json'));
  assertAccount(file, keystore);
  const known = knownDeployment(settings);
  assertChain(file, options.chain, known);
  const steps = file.transactions.map((step) => described(step, known ?? file.deployment));
  const waiting = steps.filter(({ signed }) => signed === null);
  const told = [...waiting.map(stepText), `chain ${file.chainId}, account ${file.from}`, wordOf(known)];

  if (options.dryRun === true) {
    const facts = { event: 'dry-run', chainId: file.chainId, transactions: waiting.map(stepFacts) };
    result(settings.json, facts, [...told, 'nothing was signed'].join('\n'));
    return;
  }
  if (waiting.length > 0 && options.yes !== true) await ask(told);
  const wallet =
    waiting.length > 0 ? await openKeystore(keystore, await readPassword(settings.passwordFile)) : null;
  const signed = await Promise.all(steps.map((step) => signedStep(file.chainId, step, wallet)));
  const out = options.out === undefined ? path : resolve(options.out);
  writeTransactions(out, { ...file, transactions: signed });
  result(
    settings.json,
    { event: 'signed', file: out, transactions: signed.map(stepFacts) },
    `${waiting.length} signed, in ${out}; now: tributary keys send ${out}, where the chain is`,
  );
}

/** @throws TributaryError `unsigned/unknown-call` */
function described(step: TransactionStep, deployment: Deployment): TransactionStep {
  const call = describeCall(deployment, step.to, step.data);
  if (call !== null) return { ...step, description: call.text };
  throw new TributaryError(
    'unsigned/unknown-call',
    `nonce ${step.nonce} calls ${step.to} with bytes that are no call of this deployment's contracts: do not sign it`,
  );
}

async function signedStep(
  chainId: number,
  step: TransactionStep,
  wallet: Wallet | null,
): Promise<TransactionStep> {
  if (step.signed !== null || wallet === null) return step;
  return { ...step, signed: hex.parse(await wallet.signTransaction(toTransaction(chainId, step))) };
}

/** @throws TributaryError `unsigned/other-account` before a password is asked for */
function assertAccount({ from }: TransactionFile, keystore: string): void {
  const account = keystoreAddress(keystore);
  if (account === from) return;
  throw new TributaryError(
    'unsigned/other-account',
    `the file is for ${from}, but ${keystore} is the key of ${account}: give --keystore`,
  );
}

/** The chain is where the person says it is, then where this machine's own record says. */
function assertChain(file: TransactionFile, meant: number | undefined, known: Deployment | null): void {
  const expected = meant ?? known?.chainId ?? file.chainId;
  if (file.chainId === expected && file.deployment.chainId === expected) return;
  throw new TributaryError(
    'unsigned/other-chain',
    `the file is for chain ${file.chainId}, not for ${expected}: check where it comes from, or give --deployment`,
  );
}

const knownDeployment = ({ deployment }: Settings): Deployment | null =>
  existsSync(deployment) ? readDeployment(deployment) : null;

const wordOf = (known: Deployment | null): string =>
  known === null
    ? 'the addresses of the contracts are the file’s own word: with --deployment they are held against your record'
    : 'the addresses of the contracts are those of your deployment record';

async function ask(told: readonly string[]): Promise<void> {
  process.stderr.write(`${told.join('\n')}\n`);
  const answer = await confirmed('Sign?');
  if (answer === true) return;
  throw new TributaryError(
    'unsigned/not-confirmed',
    answer === null ? 'no terminal to ask on: give --yes, or --dry-run to read them' : 'nothing was signed',
  );
}
