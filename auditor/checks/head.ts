/** Level 1: a settlement's head is the hash of its fields on the head before, as the escrow stores it. protocol.md §5.3 */
import { ZeroHash } from 'ethers';
import { settlementHead, settlementRecord } from '#contracts/settlement-record.ts';
import type { RoundCheck } from '../check.ts';
import { fails, holds } from '../verdict.ts';

export const head: RoundCheck = {
  id: 'chain.head',
  level: 1,
  scope: 'round',
  async run({ place, settlement, before }, { facts, rounds }) {
    const expected = (before?.number ?? 0) + 1;
    if (settlement.round !== expected) {
      return fails(
        place,
        'chain/round-order',
        `round ${settlement.round} is settled where ${expected} comes next`,
      );
    }
    const previous = before?.settlement.head ?? ZeroHash;
    if (settlement.previousHead !== previous) {
      return fails(
        place,
        'chain/previous-head',
        `it stands on head ${settlement.previousHead}, before it is ${previous}`,
      );
    }
    const recomputed = settlementHead(BigInt(facts.job.job), settlementRecord(settlement));
    if (settlement.head !== recomputed) {
      return fails(
        place,
        'chain/head',
        `its fields give head ${recomputed}, its event says ${settlement.head}`,
      );
    }
    const stored = facts.heads[rounds.findIndex(({ number }) => number === settlement.round)];
    if (stored !== recomputed) {
      return fails(
        place,
        'chain/head-not-stored',
        `its fields give head ${recomputed}, the escrow stores ${stored ?? 'none'}`,
      );
    }
    return holds(recomputed);
  },
};
