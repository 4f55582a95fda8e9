/** Settled: the escrow holds the round. protocol.md §5.3 */
import type { Proposal } from '#protocol/attempt-view.ts';
import type { Bytes32 } from '#protocol/units.ts';
import { confirmedPart, type WithConfirmations } from './base.ts';

export type Settled = WithConfirmations &
  Readonly<{
    phase: 'settled';
    proposal: Proposal;
    /** The transaction that settled the round. */
    transaction: Bytes32;
  }>;

export const settle = (confirmed: WithConfirmations, proposal: Proposal, transaction: Bytes32): Settled => ({
  phase: 'settled',
  ...confirmedPart(confirmed),
  proposal,
  transaction,
});
