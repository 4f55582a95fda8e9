/** What one look at the chain says of an account and its transactions. */
import type { TransactionReceipt } from 'ethers';
import { chainError } from '#contracts/decode-error.ts';
import { toBytes32 } from '#protocol/units.ts';
import type { Inclusion, OutboxRow } from '../store/outbox-rows.ts';
import type { OutboxParts } from './parts.ts';

export type ChainView = Readonly<{
  /** Transactions of the account that the latest block counts. Read first: a receipt of what it counts is there by then. */
  count: number;
  /** The latest block; no older than the count's. */
  block: number;
  /** With those that wait in the node. */
  pending: number;
}>;

type Asked = Pick<OutboxParts, 'provider' | 'account' | 'pace'>;

/** @throws TributaryError `chain/…` */
export const readCount = ({ provider, account }: Asked): Promise<number> =>
  asked(() => provider.getTransactionCount(account), 'the number of its transactions');

/** @throws TributaryError `chain/…` */
export async function viewFrom({ provider, account }: Asked, count: number): Promise<ChainView> {
  return asked(async () => {
    const block = await provider.getBlockNumber();
    return { count, block, pending: await provider.getTransactionCount(account, 'pending') };
  }, 'its waiting transactions');
}

/** Whether a block as deep as a transaction has to be counts this nonce. @throws TributaryError `chain/…` */
export async function isDeeplyUsed({ provider, account, pace }: Asked, nonce: number): Promise<boolean> {
  return asked(async () => {
    const deep = (await provider.getBlockNumber()) - pace.confirmations + 1;
    return deep >= 0 && (await provider.getTransactionCount(account, deep)) > nonce;
  }, 'the number of its transactions');
}

/** Of whichever version was mined. @throws TributaryError `chain/…` */
export function receiptOf({ provider }: Asked, row: OutboxRow): Promise<TransactionReceipt | null> {
  return asked(async () => {
    for (const { hash } of row.versions.toReversed()) {
      const receipt = await provider.getTransactionReceipt(hash);
      if (receipt) return receipt;
    }
    return null;
  }, 'a receipt');
}

export const inclusionOf = (receipt: TransactionReceipt): Inclusion => ({
  hash: toBytes32(receipt.hash),
  block: receipt.blockNumber,
  blockHash: toBytes32(receipt.blockHash),
  succeeded: receipt.status !== 0,
});

async function asked<T>(ask: () => Promise<T>, what: string): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    throw chainError(error, what);
  }
}
