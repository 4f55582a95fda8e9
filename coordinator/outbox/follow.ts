/**
 * Looks at every transaction that is not deep: finds its receipt, sees it taken back, or moves it on. What it does derives
 * from rows and chain alone, so that any process of the account goes on where another was cut off. protocol.md §5.3
 */
import type { OutboxRow } from '../store/outbox-rows.ts';
import { inclusionOf, isDeeplyUsed, readCount, receiptOf, viewFrom, type ChainView } from './chain-view.ts';
import { outstanding, type Outstanding } from './outstanding.ts';
import { factsOfRow, type OutboxParts } from './parts.ts';
import { planTransaction } from './plan.ts';

export type Follower = Pick<Outstanding, 'troubleOf'> &
  Readonly<{
    /** One look. @throws TributaryError `chain/unreachable`, `chain/failed` */
    look(): Promise<void>;
  }>;

/** Why a row was dropped whose nonce another transaction of the account has used. */
export const NONCE_USED = 'nonce-used';

export function follower(parts: OutboxParts): Follower {
  const { rows, log, account, pace } = parts;
  const waiting = outstanding(parts);
  let gap: Readonly<{ nonce: number; since: number }> | null = null;

  async function counted(row: OutboxRow, view: ChainView): Promise<void> {
    const receipt = await receiptOf(parts, row);
    if (receipt) {
      const inclusion = inclusionOf(receipt);
      const depth = Math.max(1, view.block - inclusion.block + 1);
      const state = depth >= pace.confirmations ? 'deep' : 'mined';
      if (row.state === state && row.inclusion.blockHash === inclusion.blockHash) return;
      await parts.reached('after-receipt', row);
      await rows.included(row, inclusion, state);
      return;
    }
    if (!(await isDeeplyUsed(parts, row.nonce))) return;
    log.warn(factsOfRow(row), 'the nonce of a transaction was used by another, sent elsewhere with this key');
    await rows.drop(row, NONCE_USED);
  }

  async function notCounted(row: OutboxRow, view: ChainView): Promise<void> {
    if (row.inclusion === null) return waiting.push(row, view);
    log.warn(factsOfRow(row), 'a reorganisation took a transaction back; it is broadcast again');
    await rows.takenBack(row);
    waiting.restart(row);
    await waiting.push(await rows.row(row.id), view);
  }

  /** Nonces that were a foreign transaction's which the node has lost, or a dropped one's: ours behind them would wait for ever. */
  async function fill(open: readonly OutboxRow[], { count, pending }: ChainView): Promise<void> {
    const first = open.find(({ nonce }) => nonce >= count);
    const nonce = Math.max(count, pending);
    if (!first || first.nonce <= nonce) {
      gap = null;
      return;
    }
    if (gap?.nonce !== nonce) gap = { nonce, since: Date.now() };
    if (Date.now() - gap.since < pace.stuckMs) return;
    log.warn({ nonce, behind: first.nonce }, 'a nonce that nothing has is filled: others wait behind it');
    await planTransaction(parts, `fill:${nonce}`, { to: account, data: '0x' });
    gap = null;
  }

  return {
    troubleOf: waiting.troubleOf,
    async look() {
      const count = await readCount(parts);
      const open = await rows.open(count);
      waiting.keepOnly(open);
      if (open.length === 0) return;
      const view = await viewFrom(parts, count);
      for (const row of open) await (row.nonce < count ? counted(row, view) : notCounted(row, view));
      await fill(open, view);
    },
  };
}
