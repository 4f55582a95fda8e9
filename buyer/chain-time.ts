/** The chain's pace, and its memory of what an account sent. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Contracts } from '#contracts/connect.ts';
import { chainError } from '#contracts/decode-error.ts';
import { TributaryError } from '#crypto/error.ts';
import type { Address } from '#protocol/units.ts';

/** How many blocks' pace counts. */
const PACE_BLOCKS = 64;

/** Seconds from block to block, over the latest blocks. @throws TributaryError `chain/unreachable` */
export async function blockSeconds({ provider }: Contracts): Promise<number> {
  try {
    const latest = await provider.getBlock('latest');
    if (!latest || latest.number === 0) return 0;
    const blocks = Math.min(latest.number, PACE_BLOCKS);
    const earlier = await provider.getBlock(latest.number - blocks);
    return earlier ? (latest.timestamp - earlier.timestamp) / blocks : 0;
  } catch (error) {
    throw chainError(error, 'the latest blocks');
  }
}

/**
 * Waits until nothing that the account sent is under way: a command that was killed may have left a payment in the
 * pool, and whoever looks at the chain before it is mined would pay again.
 *
 * @throws TributaryError `launch/pending-transaction` where it is still there after the wait, `chain/unreachable`
 */
export async function settlePending(
  { provider }: Contracts,
  account: Address,
  { timeoutMs, pollMs } = { timeoutMs: 60_000, pollMs: 200 },
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const [mined, sent] = await countsOf(provider, account);
    if (sent <= mined) return;
    if (Date.now() >= deadline) {
      throw new TributaryError(
        'launch/pending-transaction',
        `${sent - mined} transactions of ${account} wait to be mined: run the command again when they are`,
      );
    }
    await delay(pollMs);
  }
}

async function countsOf(provider: Contracts['provider'], account: Address): Promise<[number, number]> {
  try {
    return [
      await provider.getTransactionCount(account, 'latest'),
      await provider.getTransactionCount(account, 'pending'),
    ];
  } catch (error) {
    throw chainError(error, 'the account’s transactions');
  }
}
