/**
 * A transactor without a key. What a command sends is prepared into a file, and the command ends there; run again
 * once that was signed and sent elsewhere, it gets the outcome and goes on to its next transaction.
 */
import { existsSync } from 'node:fs';
import { Transaction, type Provider } from 'ethers';
import { TributaryError } from '#crypto/error.ts';
import type { Deployment } from '#contracts/deployment.ts';
import { describeCall } from '#contracts/describe-call.ts';
import { prepareTransaction } from '#contracts/prepare.ts';
import { awaitMined } from '#contracts/receipts.ts';
import type { Call, Transactor } from '#contracts/transact.ts';
import type { Address } from '#protocol/units.ts';
import {
  readTransactions,
  stepFrom,
  writeTransactions,
  type TransactionFile,
  type TransactionStep,
} from './transaction-file.ts';

/** Not an error: a command stops where it needs a signature. */
export class AwaitsSignature extends Error {
  readonly steps: readonly TransactionStep[];

  constructor(steps: readonly TransactionStep[]) {
    super('a transaction waits for its signature');
    this.steps = steps;
  }
}

export type Preparer = Readonly<{
  transactor: Transactor;
  /** What was decided when the command first ran with this file; decided now where it has not. */
  remember(name: string, decide: () => string): string;
}>;

/**
 * @param path null for a dry run, which writes nothing
 * @throws TributaryError `unsigned/bad-file`, `unsigned/other-account`, `unsigned/other-chain` where the file was begun
 *   for another; `send` throws AwaitsSignature, `unsigned/other-call`, and as `Transactor.send`
 */
export function prepareInto(
  path: string | null,
  provider: Provider,
  deployment: Deployment,
  from: Address,
): Preparer {
  const { chainId } = deployment;
  let file: TransactionFile =
    path !== null && existsSync(path)
      ? readTransactions(path)
      : {
          kind: 'tributary/transactions',
          version: 1,
          chainId,
          from,
          deployment,
          notes: {},
          transactions: [],
        };
  assertSame(file, deployment, from);
  let position = 0;
  const keep = (change: Partial<TransactionFile>) => {
    file = { ...file, ...change };
    if (path !== null) writeTransactions(path, file);
  };

  async function prepare(call: Call, at: number): Promise<never> {
    if (call.to === undefined) throw new TypeError('a deployment is not prepared');
    const prepared = await prepareTransaction(provider, from, { to: call.to, data: call.data });
    const described = describeCall(deployment, call.to, call.data);
    const step = stepFrom(prepared, described?.text ?? `a call of ${call.to}`);
    keep({ transactions: [...file.transactions.slice(0, at), step, ...file.transactions.slice(at + 1)] });
    throw new AwaitsSignature(file.transactions);
  }

  return {
    transactor: {
      address: from,
      chainId,
      provider,
      async send(call) {
        const at = position;
        position += 1;
        const step = file.transactions[at];
        if (step === undefined) return prepare(call, at);
        if (step.to !== call.to || step.data !== call.data) {
          throw new TributaryError(
            'unsigned/other-call',
            `${path ?? ''} was prepared for ${step.description}: give each command a file of its own`,
          );
        }
        const hash = hashOf(step);
        if (hash !== null && (await provider.getTransactionReceipt(hash)) !== null) {
          return awaitMined(provider, { chainId, hash, call, from });
        }
        // Another transaction took its nonce: this one can't be mined any more.
        if ((await provider.getTransactionCount(from)) > step.nonce) return prepare(call, at);
        throw new AwaitsSignature(file.transactions);
      },
    },
    remember(name, decide) {
      const known = file.notes[name];
      if (known !== undefined) return known;
      const decided = decide();
      keep({ notes: { ...file.notes, [name]: decided } });
      return decided;
    },
  };
}

const hashOf = ({ signed, transaction }: TransactionStep): string | null =>
  transaction ?? (signed === null ? null : Transaction.from(signed).hash);

function assertSame(file: TransactionFile, { chainId, registry, escrow }: Deployment, from: Address): void {
  const same = file.deployment.registry === registry && file.deployment.escrow === escrow;
  if (file.chainId !== chainId || !same) {
    throw new TributaryError(
      'unsigned/other-chain',
      `the file is for chain ${file.chainId}, escrow ${file.deployment.escrow}; this is ${chainId}, ${escrow}`,
    );
  }
  if (file.from !== from) {
    throw new TributaryError('unsigned/other-account', `the file is for ${file.from}, not for ${from}`);
  }
}
