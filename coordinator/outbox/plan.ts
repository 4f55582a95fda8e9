/** A transaction on disk, before any node has it. protocol.md §5.3 */
import { chainError } from '#contracts/decode-error.ts';
import { capped, gasPriceNow } from '#contracts/gas-price.ts';
import { estimateGas } from '#contracts/prepare.ts';
import type { Call } from '#contracts/receipts.ts';
import type { OutboxRow } from '../store/outbox-rows.ts';
import { signVersion, type OutboxParts } from './parts.ts';

/**
 * The transaction of this purpose that is under way, or a new one, with the next nonce.
 *
 * @throws TributaryError `escrow/…` where the contract would refuse, so that no nonce is taken; `chain/…`
 */
export async function planTransaction(parts: OutboxParts, purpose: string, call: Call): Promise<OutboxRow> {
  const { provider, account, rows, cap } = parts;
  const joined = await rows.underWay(purpose);
  if (joined) return joined;
  const [gas, price, pending, block] = await known(
    Promise.all([
      estimateGas(provider, account, call),
      gasPriceNow(provider),
      provider.getTransactionCount(account, 'pending'),
      provider.getBlockNumber(),
    ]),
  );
  const draft = { purpose, call, gas };
  return rows.plan(draft, pending, (nonce) => signVersion(parts, draft, nonce, capped(price, cap), block));
}

async function known<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    throw chainError(error, 'a transaction');
  }
}
