/** Sends one call: planned or joined, then waited for until it is as deep as it has to be. protocol.md §5.3 */
import { setTimeout as delay } from 'node:timers/promises';
import { chainError } from '#contracts/decode-error.ts';
import { notMined, outcomeOf, type Call, type Mined } from '#contracts/receipts.ts';
import { TributaryError } from '#crypto/error.ts';
import type { Inclusion, OutboxRow } from '../store/outbox-rows.ts';
import { NONCE_USED, type Follower } from './follow.ts';
import { newest, type OutboxParts } from './parts.ts';
import { planTransaction } from './plan.ts';

type Sending = Follower & Readonly<{ signal: AbortSignal }>;

/**
 * @throws as `Transactor.send`, and TributaryError `chain/fee-cap`. Where it is for want of time, the transaction is still
 *   followed, and whoever sends for the same purpose waits for it.
 */
export async function sendFor(
  parts: OutboxParts,
  following: Sending,
  purpose: string,
  call: Call,
): Promise<Mined> {
  const deadline = Date.now() + parts.pace.timeoutMs;
  for (;;) {
    const { id } = await planTransaction(parts, purpose, call);
    const mined = await over(parts, following, id, deadline);
    if (mined) return mined;
  }
}

/**
 * Waits until a transaction is deep; a chain that is away is waited for, up to the same deadline.
 *
 * @returns null where another transaction has its nonce
 */
async function over(
  parts: OutboxParts,
  following: Sending,
  id: number,
  deadline: number,
): Promise<Mined | null> {
  const { rows, pace } = parts;
  const { signal } = following;
  for (;;) {
    const away = await lookIfThere(following);
    const row = await rows.row(id);
    const mined = row.state === 'deep' ? await outcome(parts, row.call, row.inclusion) : null;
    if (mined) return mined;
    if (row.state === 'dropped') return dropped(row);
    if (signal.aborted || Date.now() >= deadline) {
      throw away ?? following.troubleOf(id) ?? notMined(newest(row).hash, pace.timeoutMs);
    }
    await delay(pace.pollingMs, undefined, { signal }).catch(() => undefined);
  }
}

/** @returns why the chain could not be looked at */
async function lookIfThere({ look }: Sending): Promise<TributaryError | null> {
  try {
    await look();
    return null;
  } catch (error) {
    if (error instanceof TributaryError && error.code.startsWith('chain/')) return error;
    throw error;
  }
}

/** Null where a reorganisation has just taken it back. @throws TributaryError why it failed */
async function outcome(
  { provider, account }: OutboxParts,
  call: Call,
  { hash }: Inclusion,
): Promise<Mined | null> {
  try {
    const receipt = await provider.getTransactionReceipt(hash);
    return receipt && (await outcomeOf(provider, receipt, call, account));
  } catch (error) {
    throw chainError(error, 'a receipt');
  }
}

/** @throws TributaryError `chain/failed` where the chain would never take it */
function dropped(row: OutboxRow): null {
  if (row.dropped === NONCE_USED) return null;
  throw new TributaryError(
    'chain/failed',
    `Transaction ${newest(row).hash} was given up: ${String(row.dropped)}`,
  );
}
