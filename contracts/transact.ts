/** Sends one account's transactions: nonces in order, waits bounded, failures coded. */
import { setTimeout as delay } from 'node:timers/promises';
import type { BaseWallet, Provider } from 'ethers';
import { toAddress, type Address } from '#protocol/units.ts';
import { chainError } from './decode-error.ts';
import { isNonceTaken } from './offer.ts';
import { estimateGas } from './prepare.ts';
import { awaitMined, type Call, type Mined, type Waiting } from './receipts.ts';

export type { Call, Mined } from './receipts.ts';

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

/**
 * @param wallet connected to a provider
 * @param options by default 1 confirmation on the local chain, 12 elsewhere; one minute of waiting, or ten
 */
export async function createTransactor(
  wallet: BaseWallet,
  options: Partial<Waiting> = {},
): Promise<Transactor> {
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
