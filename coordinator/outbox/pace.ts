/** How long an outbox waits for what, by chain. */
import { waitingFor, type Waiting } from '#contracts/receipts.ts';
import { LOCAL_CHAIN } from '#contracts/provider.ts';

/** Milliseconds, but for confirmations and blocks. */
export type Pace = Waiting &
  Readonly<{
    /** Between two looks while nobody waits for a transaction. */
    idleMs: number;
    /** A transaction that is next and was not taken for so many blocks and so long is replaced by one that pays more. */
    replaceAfter: Readonly<{ blocks: number; ms: number }>;
    /** So long a node may refuse a transaction that none ever had, or have a gap before it, until something is done. */
    stuckMs: number;
  }>;

/** Blocks alone would not do: some chains make several a second; nor time alone: one that stands still takes nothing. */
export const paceFor = (chainId: number): Pace => ({
  ...waitingFor(chainId),
  ...(chainId === LOCAL_CHAIN
    ? { pollingMs: 150, idleMs: 1_000, replaceAfter: { blocks: 3, ms: 3_000 }, stuckMs: 10_000 }
    : { idleMs: 12_000, replaceAfter: { blocks: 5, ms: 60_000 }, stuckMs: 300_000 }),
});
