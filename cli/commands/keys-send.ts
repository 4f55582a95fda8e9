/** `tributary keys send FILE`: broadcast signed transactions; one that is on the chain already is not sent again. */
import { resolve } from 'node:path';
import { Transaction, isError, type Provider } from 'ethers';
import { TributaryError } from '#crypto/error.ts';
import { chainError } from '#contracts/decode-error.ts';
import { openChain } from '#contracts/provider.ts';
import { awaitMined } from '#contracts/receipts.ts';
import { result, progress } from '../output.ts';
import { readSettings, type CommonOptions } from '../settings.ts';
import { stepFacts, stepText } from '../unsigned/steps-text.ts';
import {
  readTransactions,
  toTransaction,
  writeTransactions,
  type TransactionFile,
  type TransactionStep,
} from '../unsigned/transaction-file.ts';

/**
 * @throws TributaryError `unsigned/bad-file`, `unsigned/not-signed`, `unsigned/altered` where a signature is over
 *   something else, `unsigned/nonce-used`, `chain/other-chain`, and as `Transactor.send`
 */
export async function send(
  options: CommonOptions & Readonly<{ dryRun?: boolean }>,
  name: string,
): Promise<void> {
  const settings = readSettings(options);
  const path = resolve(name);
  let file = readTransactions(path);
  const signed = file.transactions.map((step) => ({ step, transaction: signedTransaction(file, step) }));
  const provider = await openChain(settings.rpc, { chainId: file.chainId });
  try {
    if (options.dryRun === true) {
      const told = file.transactions.map(stepText).join('\n');
      const facts = { event: 'dry-run', transactions: file.transactions.map(stepFacts) };
      result(settings.json, facts, `${told}\nnothing was sent`);
      return;
    }
    for (const [at, { step, transaction }] of signed.entries()) {
      if (step.transaction !== null) continue;
      progress(`sending: ${step.description}`);
      const done = await sendOne(provider, file, step, transaction);
      file = { ...file, transactions: file.transactions.map((each, index) => (index === at ? done : each)) };
      writeTransactions(path, file);
    }
  } finally {
    provider.destroy();
  }
  result(
    settings.json,
    { event: 'sent', file: path, transactions: file.transactions.map(stepFacts) },
    'all are on the chain; run the command that prepared them again, which goes on from there',
  );
}

/** @throws TributaryError `unsigned/not-signed`, `unsigned/altered` */
function signedTransaction({ chainId, from }: TransactionFile, step: TransactionStep): Transaction {
  if (step.signed === null) {
    throw new TributaryError(
      'unsigned/not-signed',
      `"${step.description}" is not signed yet: tributary keys sign, where the key is`,
    );
  }
  const transaction = Transaction.from(step.signed);
  const same = transaction.unsignedSerialized === toTransaction(chainId, step).unsignedSerialized;
  if (same && transaction.from?.toLowerCase() === from) return transaction;
  throw new TributaryError(
    'unsigned/altered',
    `the signature of "${step.description}" is not ${from}'s over what the file says: sign it again`,
  );
}

async function sendOne(
  provider: Provider,
  { chainId, from }: TransactionFile,
  step: TransactionStep,
  transaction: Transaction,
): Promise<TransactionStep> {
  const hash = transaction.hash ?? '';
  if ((await provider.getTransaction(hash)) === null) await broadcast(provider, step, transaction);
  const call = { to: step.to, data: step.data };
  const mined = await awaitMined(provider, { chainId, hash, call, from });
  return { ...step, transaction: mined.transaction };
}

async function broadcast(provider: Provider, step: TransactionStep, transaction: Transaction): Promise<void> {
  try {
    await provider.broadcastTransaction(transaction.serialized);
  } catch (error) {
    if (isError(error, 'NONCE_EXPIRED')) {
      throw new TributaryError(
        'unsigned/nonce-used',
        `the account used nonce ${step.nonce} for another transaction: run the command that prepared it again, and ` +
          'sign anew',
        { cause: error },
      );
    }
    throw chainError(error, step.description);
  }
}
