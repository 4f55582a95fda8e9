/** Puts a sparse attempt's roster on chain, once, and reads the draw of its graph from the block that follows. protocol.md §4.9, §5.4 */
import { commitRoster } from '#contracts/attempt-outcomes.ts';
import { readAttempt, readSeed } from '#contracts/attempts.ts';
import type { SendingContracts } from '#contracts/connect.ts';
import { degreeFor, isSparse } from '#protocol/rules/sparse.ts';
import type { Performers } from '../driver/perform.ts';
import type { InnerEvent } from '../round/attempt.ts';
import { idOf } from '../round/base.ts';
import type { Drawing } from '../round/drawing.ts';
import { refusedBy, type Refused } from './refused.ts';

const refused: Refused = {
  // Another attempt may go on, or finds that the job is over.
  givenUp: [
    'escrow/already-committed',
    'escrow/attempt-out-of-order',
    'escrow/attempt-stands',
    'escrow/past-cutoff',
    'escrow/wrong-state',
  ],
  // No attempt of this job would fare better.
  failed: [
    'chain/no-randomness',
    'escrow/no-randomness',
    'escrow/not-coordinator',
    'escrow/too-many-attempts',
  ],
};

/** Null while the chain has not got there. @throws TributaryError when it is to be tried again: the chain is away */
export const rosterCommitter =
  (contracts: SendingContracts): Performers['commitRoster'] =>
  (state) =>
    refusedBy(refused, () => commit(contracts, state));

async function commit(contracts: SendingContracts, state: Drawing): Promise<InnerEvent | null> {
  const id = idOf(state);
  let found = await readAttempt(contracts, id);
  if (found.outcome === 'none') {
    await commitRoster(contracts, id, state.roster);
    found = await readAttempt(contracts, id);
  }
  switch (found.outcome) {
    case 'none':
      return null;
    case 'committed':
      return found.roster === state.roster
        ? drawn(contracts, state, found.seedBlock)
        : { type: 'given-up', reason: 'the escrow holds another roster of this attempt' };
    case 'aborted':
      return { type: 'chain-aborted' };
    case 'survivors':
      return { type: 'failed', reason: 'the escrow holds survivors of an attempt that only began' };
    default:
      return found.outcome satisfies never;
  }
}

async function drawn(
  contracts: SendingContracts,
  { rules: { sparse }, enrolments }: Drawing,
  seedBlock: number,
): Promise<InnerEvent | null> {
  const n = enrolments.length;
  const randao = await readSeed(contracts, seedBlock);
  return randao === null || !isSparse(sparse, n)
    ? null
    : { type: 'drawn', draw: { ...degreeFor(n, sparse), seedBlock, randao } };
}
