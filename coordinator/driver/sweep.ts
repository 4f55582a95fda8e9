/** Which masked inputs a state still needs: those of survivors, until they are evidence. protocol.md §4.4 */
import type { Attempt } from '../round/attempt.ts';
import { idOf } from '../round/base.ts';
import type { Performers } from './perform.ts';
import type { Vectors, VectorName } from '../store/vectors.ts';

export const sweeper =
  (vectors: Pick<Vectors, 'keepOnly'>): Performers['sweep'] =>
  (state) =>
    vectors.keepOnly(idOf(state), neededInputs(state));

export function neededInputs(state: Attempt): VectorName[] {
  switch (state.phase) {
    case 'masking':
    case 'confirming':
    case 'agreeing':
    case 'unmasking':
      return state.inputs.map(({ message }) => message);
    case 'announced':
    case 'enrolling':
    case 'drawing':
    case 'sharing':
    case 'receiving':
    case 'settling':
    case 'settled':
    case 'aborted':
    case 'failed':
      return [];
    default:
      return state satisfies never;
  }
}
