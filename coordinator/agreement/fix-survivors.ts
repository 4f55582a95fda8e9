/** Puts a sparse attempt's survivors on chain, once, and waits until clients believe it. protocol.md §4.9, §5.4 */
import { fixSurvivors } from '#contracts/attempt-outcomes.ts';
import { readAttempt, type AttemptOnChain } from '#contracts/attempts.ts';
import type { SendingContracts } from '#contracts/connect.ts';
import type { Bytes32 } from '#protocol/units.ts';
import type { Performers } from '../driver/perform.ts';
import type { InnerEvent } from '../round/attempt.ts';
import { idOf } from '../round/base.ts';
import { agreedRootOf } from '../round/frame.ts';
import { refusedBy, type Refused } from './refused.ts';

const refused: Refused = {
  givenUp: ['escrow/past-cutoff', 'escrow/wrong-state'],
  failed: ['escrow/not-coordinator'],
};

/** Null while the chain has not got there. @throws TributaryError when it is to be tried again: the chain is away */
export const survivorsFixer =
  (contracts: SendingContracts): Performers['fixSurvivors'] =>
  (state) =>
    refusedBy(refused, async () => {
      const id = idOf(state);
      const survivors = agreedRootOf(state);
      const ended = outcomeOf(await readAttempt(contracts, id), survivors);
      if (ended) return ended;
      // It may have ended a moment ago, not deep enough to be believed.
      const { outcome } = await readAttempt(contracts, id, { confirmations: 1 });
      if (outcome === 'committed') await fixSurvivors(contracts, id, survivors);
      return outcomeOf(await readAttempt(contracts, id), survivors);
    });

function outcomeOf({ outcome, survivors }: AttemptOnChain, wanted: Bytes32): InnerEvent | null {
  switch (outcome) {
    case 'survivors':
      return survivors === wanted
        ? { type: 'agreed' }
        : { type: 'failed', reason: 'the escrow holds other survivors of this attempt' };
    case 'aborted':
      return { type: 'chain-aborted' };
    case 'none':
    case 'committed':
      return null;
    default:
      return outcome satisfies never;
  }
}
