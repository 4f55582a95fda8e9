/** Offers signed bytes to a node, again and again if need be, and tells its answers apart. */
import { Transaction, isError, type Provider } from 'ethers';
import type { Hex } from '#protocol/units.ts';
import { chainError } from './decode-error.ts';

/**
 * `held`: the node has it and passes it on. `nonce-used`: a transaction with its nonce is mined, this one or another.
 * `too-low`: its fees are, for a block now or for replacing what the node holds with its nonce.
 */
export type Offered = 'held' | 'nonce-used' | 'too-low';

/** Nodes say it in words of their own: geth, Nethermind, Erigon, Besu, anvil. */
const feeTooLow =
  /underpriced|fee (cap )?too low|fee per gas (is )?(less|lower) than|below (current )?base ?fee/i;

const alreadyKnown = /already (known|imported|exists)|known transaction/i;

/**
 * The same bytes have the same nonce, so that offering them twice sends them once.
 *
 * @throws TributaryError `chain/insufficient-funds`, `chain/unreachable`, `chain/failed`
 */
export async function offer(provider: Provider, raw: Hex): Promise<Offered> {
  try {
    await provider.broadcastTransaction(raw);
    return 'held';
  } catch (error) {
    if (isError(error, 'NONCE_EXPIRED')) return 'nonce-used';
    if (isError(error, 'REPLACEMENT_UNDERPRICED')) return 'too-low';
    const failure = chainError(error, 'a transaction');
    if (failure.code !== 'chain/failed') throw failure;
    if (feeTooLow.test(failure.message)) return 'too-low';
    // One that it holds already is refused as well: whether that is why, the node itself says best.
    if (await isKnown(provider, raw)) return 'held';
    throw failure;
  }
}

async function isKnown(provider: Provider, raw: Hex): Promise<boolean> {
  try {
    return (await provider.getTransaction(Transaction.from(raw).hash ?? '')) !== null;
  } catch (error) {
    throw chainError(error, 'a transaction that was sent before');
  }
}

/**
 * Whether a transaction that was never offered before was refused because another one has its nonce, mined or waiting. Of
 * two processes that pay the same to the same at the same nonce, the second one's bytes are known already.
 */
export const isNonceTaken = (error: unknown): boolean =>
  isError(error, 'NONCE_EXPIRED') ||
  isError(error, 'REPLACEMENT_UNDERPRICED') ||
  alreadyKnown.test(chainError(error, 'a transaction').message);
