/** A round's evidence as blocks: all from which its sum can be recomputed. protocol.md §6.4 */
import type { CID } from 'multiformats/cid';
import { putBlob } from '#datasets/blob.ts';
import type { BlockStore } from '#datasets/blockstore.ts';
import { writeBlock } from '#datasets/read-block.ts';
import type { Evidence } from '#protocol/manifests.ts';
import type { Input } from '#protocol/messages.ts';
import { idOf } from '../round/base.ts';
import type { Unmasking } from '../round/unmasking.ts';

export type StoredEvidence = Readonly<{ evidence: Evidence; cid: CID }>;

/**
 * Stores the packed inputs, one in memory at a time, and then the root block. The same state gives the same blocks.
 *
 * @param read the packed input of a survivor
 */
export async function putEvidence(
  store: BlockStore,
  state: Unmasking,
  secrets: Evidence['secrets'],
  read: (input: Input) => Promise<Uint8Array>,
): Promise<StoredEvidence> {
  const inputs: Evidence['inputs'] = [];
  for (const { message, signature } of state.inputs) {
    inputs.push({ message, signature, vector: await putBlob(store, await read(message)) });
  }
  const { chainId, escrow } = state.rules.domain;
  const evidence: Evidence = {
    kind: 'tributary/evidence',
    version: 1,
    chainId,
    escrow,
    ...idOf(state),
    roster: [...state.enrolments],
    shares: [...state.shares],
    inputs,
    confirmations: [...state.confirmations],
    secrets,
  };
  const cid = await writeBlock(store, evidence);
  return { evidence, cid };
}
