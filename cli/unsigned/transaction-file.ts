/**
 * A file of transactions that goes from the machine that prepares them to the one that holds the key, and back. It
 * holds no secret. Each transaction is prepared, then signed, then sent.
 */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { Transaction } from 'ethers';
import { z } from 'zod';
import { TributaryError } from '#crypto/error.ts';
import { deploymentSchema } from '#contracts/deployment.ts';
import type { PreparedTransaction } from '#contracts/prepare.ts';
import { address, amount, bytes32, hex, toAmount } from '#protocol/units.ts';

const stepSchema = z.strictObject({
  /** For people only: who signs reads the call from `data`. */
  description: z.string(),
  to: address,
  data: hex,
  nonce: z.int().min(0),
  gas: amount,
  /** Wei for each gas. */
  maxFeePerGas: amount,
  maxPriorityFeePerGas: amount,
  /** The whole signed transaction, RLP. */
  signed: hex.nullable(),
  /** Its hash, once it was sent and confirmed. */
  transaction: bytes32.nullable(),
});

const fileSchema = z.strictObject({
  kind: z.literal('tributary/transactions'),
  version: z.literal(1),
  chainId: z.int().min(1),
  from: address,
  deployment: deploymentSchema,
  /** What a command decided when it prepared, so that the same is prepared when it is run again. */
  notes: z.record(z.string(), z.string()),
  transactions: z.array(stepSchema),
});

export type TransactionStep = Readonly<z.infer<typeof stepSchema>>;
export type TransactionFile = Readonly<z.infer<typeof fileSchema>>;

/** @throws TributaryError `unsigned/bad-file` where it is missing, or is no such file */
export function readTransactions(path: string): TransactionFile {
  if (!existsSync(path)) {
    throw new TributaryError('unsigned/bad-file', `there is no file of transactions at ${path}`);
  }
  try {
    return fileSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (cause) {
    throw new TributaryError('unsigned/bad-file', `${path} is no file of transactions, or is damaged`, {
      cause,
    });
  }
}

/** Whole or not at all. */
export function writeTransactions(path: string, file: TransactionFile): void {
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(file, null, 2)}\n`, { mode: 0o600 });
  renameSync(draft, path);
}

export const stepFrom = (prepared: PreparedTransaction, description: string): TransactionStep => ({
  description,
  to: prepared.to,
  data: prepared.data,
  nonce: prepared.nonce,
  gas: toAmount(prepared.gas),
  maxFeePerGas: toAmount(prepared.maxFeePerGas),
  maxPriorityFeePerGas: toAmount(prepared.maxPriorityFeePerGas),
  signed: null,
  transaction: null,
});

/** As ethers signs it: EIP-1559, no value, no access list. */
export const toTransaction = (chainId: number, step: TransactionStep): Transaction =>
  Transaction.from({
    type: 2,
    chainId,
    nonce: step.nonce,
    to: step.to,
    data: step.data,
    value: 0n,
    gasLimit: BigInt(step.gas),
    maxFeePerGas: BigInt(step.maxFeePerGas),
    maxPriorityFeePerGas: BigInt(step.maxPriorityFeePerGas),
  });

/** Most that it can cost, in wei. */
export const costOf = ({ gas, maxFeePerGas }: TransactionStep): bigint => BigInt(gas) * BigInt(maxFeePerGas);
