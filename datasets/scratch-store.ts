/** A block store that keeps what a computation writes, to compare or to copy: never a user's storage. */
import type { CID } from 'multiformats/cid';
import { TributaryError } from '#crypto/error.ts';
import { cidOf, type Codec } from '#protocol/dag.ts';
import type { BlockSource, BlockStore } from './blockstore.ts';

export type ScratchStore = BlockStore &
  Readonly<{ blocks: ReadonlyMap<string, { cid: CID; bytes: Uint8Array }> }>;

/** Reads fall through to `behind`, where one is given. */
export function scratchStore(behind?: BlockSource): ScratchStore {
  const blocks = new Map<string, { cid: CID; bytes: Uint8Array }>();
  return {
    blocks,
    async put(codec: Codec, bytes: Uint8Array) {
      const cid = cidOf(codec, bytes);
      blocks.set(cid.toString(), { cid, bytes });
      return cid;
    },
    async get(cid: CID) {
      const held = blocks.get(cid.toString());
      if (held) return held.bytes;
      if (behind) return behind.get(cid);
      throw new TributaryError('ipfs/not-found', `block ${cid.toString()} is not here`);
    },
    async pin() {
      // Blocks live as long as the computation that wrote them.
    },
  };
}
