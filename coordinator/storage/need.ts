/** How many bytes an attempt will still ask of the place for inputs and evidence. protocol.md §2.4, §6.4 */
import { packedBytes, wordBits } from '#crypto/parameters.ts';
import { largestRoster } from '#protocol/rules/sparse.ts';
import type { Attempt } from '../round/attempt.ts';
import type { AttemptRules } from '../round/base.ts';

/** Messages, shares and links beside the vectors, a member: 512 neighbours' signatures and the blocks that name chunks. */
const BESIDE_BYTES = 64 * 1024;

/** What a round of so many members leaves: an input each, and the same once more as evidence, until the inputs go. */
export function roundBytes({ aggregation }: Pick<AttemptRules, 'aggregation'>, members: number): number {
  return members * (2 * vectorBytes(aggregation, members) + BESIDE_BYTES);
}

/** As many as may enrol: seats that can still be paid, up to the largest roster. */
export const mostMembers = ({ seats, sparse }: Pick<AttemptRules, 'seats' | 'sparse'>): number =>
  Math.min(seats.filter(({ unitsLeft }) => unitsLeft > 0).length, largestRoster(sparse));

/** Of what is not there yet; nothing once the evidence is. */
export function bytesToCome(state: Attempt): number {
  const { aggregation } = state.rules;
  switch (state.phase) {
    case 'announced':
    case 'enrolling':
      return roundBytes(state.rules, mostMembers(state.rules));
    case 'drawing':
    case 'sharing':
    case 'receiving':
      return roundBytes(state.rules, state.enrolments.length);
    case 'masking': {
      const vector = vectorBytes(aggregation, state.enrolments.length);
      const inputs = state.shares.length - state.inputs.length;
      return inputs * vector + state.shares.length * (vector + BESIDE_BYTES);
    }
    case 'confirming':
    case 'agreeing':
    case 'unmasking':
      return state.inputs.length * (vectorBytes(aggregation, state.enrolments.length) + BESIDE_BYTES);
    case 'settling':
    case 'settled':
    case 'aborted':
    case 'failed':
      return 0;
    default:
      return state satisfies never;
  }
}

/** A roster of one has a word size too: who may enrol is not known to be enough. */
const vectorBytes = (aggregation: AttemptRules['aggregation'], members: number): number =>
  packedBytes(aggregation, wordBits(aggregation.bits, Math.max(1, members)));
