/** What became of a transaction: its receipt, waited for as deep as it has to be, or why it failed. protocol.md §5.3 */
import { setTimeout as delay } from 'node:timers/promises';
import { isError, type Provider, type TransactionReceipt } from 'ethers';
import { TributaryError } from '#crypto/error.ts';
import { toAddress, toBytes32, type Address, type Bytes32, type Hex } from '#protocol/units.ts';
import { chainError, decodeRefusal } from './decode-error.ts';
import { LOCAL_CHAIN, confirmationsFor } from './provider.ts';
import type { RawLog } from './typed-abi.ts';

/** A confirmed transaction. `created` is the address of the contract that it deployed. */
export type Mined = Readonly<{
  transaction: Bytes32;
  block: number;
  gasUsed: bigint;
  created: Address | null;
  logs: readonly RawLog[];
}>;

/** What to send; without `to` a deployment. `value` is of the chain's own coin. */
export type Call = Readonly<{ to?: Address; data: Hex; value?: bigint }>;

export type Waiting = Readonly<{ confirmations: number; pollingMs: number; timeoutMs: number }>;

/** Confirmations, milliseconds between two looks, and how long one waits for a receipt, by chain. */
export const waitingFor = (chainId: number): Waiting => ({
  confirmations: confirmationsFor(chainId),
  pollingMs: chainId === LOCAL_CHAIN ? 50 : 4_000,
  timeoutMs: chainId === LOCAL_CHAIN ? 60_000 : 600_000,
});

/** A transaction that was sent, by whomever. */
export type Sent = Readonly<{ chainId: number; hash: string; call: Call; from: string }>;

/** Waits for the confirmations of a transaction that was sent. @throws as `Transactor.send` */
export async function awaitMined(
  provider: Provider,
  { chainId, hash, call, from }: Sent,
  options: Partial<Waiting> = {},
): Promise<Mined> {
  const receipt = await confirmed(provider, hash, { ...waitingFor(chainId), ...options });
  return outcomeOf(provider, receipt, call, from);
}

/** A chain that restarts meanwhile is waited for, up to the same deadline. */
async function confirmed(
  provider: Provider,
  hash: string,
  { confirmations, pollingMs, timeoutMs }: Waiting,
): Promise<TransactionReceipt> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    try {
      const receipt = await provider.getTransactionReceipt(hash);
      if (receipt && (await depthOf(provider, receipt, confirmations)) >= confirmations) return receipt;
    } catch (error) {
      const failure = chainError(error, `the receipt of ${hash}`);
      if (failure.code !== 'chain/unreachable' || Date.now() >= deadline) throw failure;
    }
    if (Date.now() >= deadline) throw notMined(hash, timeoutMs);
    await delay(pollingMs);
  }
}

export const notMined = (hash: string, timeoutMs: number): TributaryError =>
  new TributaryError(
    'chain/not-mined',
    `Transaction ${hash} was sent but not confirmed within ${timeoutMs / 1000} s: see what became of it first.`,
  );

/** Blocks on a receipt's, itself counted; no more is asked of the node than it takes to tell `wanted`. */
export async function depthOf(
  provider: Provider,
  receipt: TransactionReceipt,
  wanted: number,
): Promise<number> {
  return wanted === 1 ? 1 : (await provider.getBlockNumber()) - receipt.blockNumber + 1;
}

/** @throws TributaryError why it failed: `escrow/…`, or `chain/reverted` where a replay does not say */
export async function outcomeOf(
  provider: Provider,
  receipt: TransactionReceipt,
  call: Call,
  from: string,
): Promise<Mined> {
  if (receipt.status === 0) throw await reasonOf(provider, call, from, receipt);
  return minedFrom(receipt);
}

/** A receipt says only that it failed; the same call again usually says why. */
async function reasonOf(
  provider: Provider,
  call: Call,
  from: string,
  receipt: TransactionReceipt,
): Promise<TributaryError> {
  try {
    await provider.call({ ...call, from, blockTag: receipt.blockNumber });
  } catch (error) {
    if (isError(error, 'CALL_EXCEPTION') && error.data) return decodeRefusal(error.data, error);
  }
  return new TributaryError(
    'chain/reverted',
    `Transaction ${receipt.hash} failed in block ${receipt.blockNumber}, and would not fail now: try again.`,
  );
}

function minedFrom(receipt: TransactionReceipt): Mined {
  return {
    transaction: toBytes32(receipt.hash),
    block: receipt.blockNumber,
    gasUsed: receipt.gasUsed,
    created: receipt.contractAddress === null ? null : toAddress(receipt.contractAddress),
    logs: receipt.logs,
  };
}
