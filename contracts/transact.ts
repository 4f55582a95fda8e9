/** Sends one account's transactions: nonces in order, waits bounded, failures coded. */
import { setTimeout as delay } from 'node:timers/promises';
import { isError, type BaseWallet, type Provider, type TransactionReceipt } from 'ethers';
import { TributaryError } from '#crypto/error.ts';
import { toAddress, toBytes32, type Address, type Bytes32, type Hex } from '#protocol/units.ts';
import { chainError, decodeRefusal } from './decode-error.ts';
import { estimateGas } from './prepare.ts';
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

export type Transactor = Readonly<{
  address: Address;
  chainId: number;
  provider: Provider;
  /**
   * Sends and waits for the confirmations.
   *
   * @throws TributaryError `escrow/…` when the contract refuses, `chain/insufficient-funds`, `chain/unreachable`,
   *   `chain/not-mined` when no receipt came in time (it may still come: look before sending again),
   *   `chain/reverted` when it failed after it was sent and a replay gives no reason, `chain/failed`
   */
  send(call: Call): Promise<Mined>;
}>;

/** Another process may use the same account, as all do the local faucet: its nonce is then taken between asking and sending. */
const NONCE_DEADLINE_MS = 20_000;
const NONCE_PAUSE_MS = 200;

type Options = Readonly<{ confirmations?: number; pollingMs?: number; timeoutMs?: number }>;

/**
 * @param wallet connected to a provider
 * @param options by default 1 confirmation on the local chain, 12 elsewhere; one minute of waiting, or ten
 */
export async function createTransactor(wallet: BaseWallet, options: Options = {}): Promise<Transactor> {
  const { provider } = wallet;
  if (provider === null) throw new TypeError('the wallet has no provider');
  const chainId = Number((await provider.getNetwork()).chainId);
  let last: Promise<unknown> = Promise.resolve();
  const inOrder = <T>(task: () => Promise<T>): Promise<T> => {
    const result = last.then(task);
    last = result.catch(() => undefined);
    return result;
  };

  return {
    address: toAddress(wallet.address),
    chainId,
    provider,
    async send(call) {
      const hash = await inOrder(() => broadcast(wallet, provider, call));
      return awaitMined(provider, { chainId, hash, call, from: wallet.address }, options);
    },
  };
}

/** A transaction that was sent, by whomever. */
export type Sent = Readonly<{ chainId: number; hash: string; call: Call; from: string }>;

/** Waits for the confirmations of a transaction that was sent. @throws as `Transactor.send` */
export async function awaitMined(
  provider: Provider,
  { chainId, hash, call, from }: Sent,
  options: Options = {},
): Promise<Mined> {
  const local = chainId === LOCAL_CHAIN;
  const receipt = await confirmed(provider, hash, {
    confirmations: options.confirmations ?? confirmationsFor(chainId),
    pollingMs: options.pollingMs ?? (local ? 50 : 4_000),
    timeoutMs: options.timeoutMs ?? (local ? 60_000 : 600_000),
  });
  if (receipt.status === 0) throw await reasonOf(provider, call, from, receipt);
  return minedFrom(receipt);
}

async function broadcast(wallet: BaseWallet, provider: Provider, call: Call): Promise<string> {
  const deadline = Date.now() + NONCE_DEADLINE_MS;
  for (;;) {
    try {
      const gasLimit = await estimateGas(provider, wallet.address, call);
      const nonce = await provider.getTransactionCount(wallet.address, 'pending');
      return (await wallet.sendTransaction({ ...call, gasLimit, nonce })).hash;
    } catch (error) {
      if (!isNonceTaken(error) || Date.now() >= deadline) throw chainError(error, 'a transaction');
    }
    // Not all at once again: one that sends many would win each time.
    await delay(Math.random() * NONCE_PAUSE_MS);
  }
}

/** Also by the very same bytes, where another process sent the same at the same time: that one is not ours. */
const isNonceTaken = (error: unknown): boolean =>
  isError(error, 'NONCE_EXPIRED') ||
  isError(error, 'REPLACEMENT_UNDERPRICED') ||
  /already (imported|known)/i.test(error instanceof Error ? error.message : '');

/** A chain that restarts meanwhile is waited for, up to the same deadline. */
async function confirmed(
  provider: Provider,
  hash: string,
  { confirmations, pollingMs, timeoutMs }: Required<Options>,
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
    if (Date.now() >= deadline) {
      throw new TributaryError(
        'chain/not-mined',
        `Transaction ${hash} was sent but not confirmed within ${timeoutMs / 1000} s: see what became of it first.`,
      );
    }
    await delay(pollingMs);
  }
}

async function depthOf(provider: Provider, receipt: TransactionReceipt, wanted: number): Promise<number> {
  return wanted === 1 ? 1 : (await provider.getBlockNumber()) - receipt.blockNumber + 1;
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
