/** Which blobs a state points at. protocol.md §4.4, §6.4 */
import { fromHex } from '#crypto/bytes.ts';
import { cidFromDigest } from '#protocol/dag.ts';
import type { CID } from 'multiformats/cid';
import { neededInputs } from '../driver/sweep.ts';
import type { Attempt } from '../round/attempt.ts';
import { inputName } from '../store/vectors.ts';

/** Of the attempts in these phases there may be any. */
export const phasesWithBlobs: readonly Attempt['phase'][] = [
  'masking',
  'confirming',
  'agreeing',
  'unmasking',
  'settling',
  'settled',
];

export const inputsOf = (state: Attempt): string[] => neededInputs(state).map(inputName);

/** The root of its evidence; null where it has none. */
export const evidenceOf = (state: Attempt): CID | null =>
  'proposal' in state ? cidFromDigest('dag-cbor', fromHex(state.proposal.evidence)) : null;
