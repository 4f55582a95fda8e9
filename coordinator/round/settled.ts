/** Settled: the escrow holds the round. It may lose it again, to a dispute or a reorganisation. protocol.md §5.3 */
import type { Proposal } from '#protocol/attempt-view.ts';
import type { Bytes32 } from '#protocol/units.ts';
import { confirmedPart, type WithConfirmations } from './base.ts';
import type { Quorum } from './quorum.ts';

export type Settled = WithConfirmations &
  Readonly<{
    phase: 'settled';
    proposal: Proposal;
    /** What it was posted with; null: for the long window. */
    quorum: Quorum | null;
    /** The transaction that settled the round, the first if it was posted again. */
    transaction: Bytes32;
  }>;

export const settle = (
  posted: WithConfirmations & Pick<Settled, 'proposal' | 'quorum'>,
  transaction: Bytes32,
): Settled => ({
  phase: 'settled',
  ...confirmedPart(posted),
  proposal: posted.proposal,
  quorum: posted.quorum,
  transaction,
});

/** A reorganisation dropped the transaction that was known; another one settles the round. */
export const onSettledAgain = (state: Settled, transaction: Bytes32): Settled =>
  state.transaction === transaction ? state : { ...state, transaction };
