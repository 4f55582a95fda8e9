/** Where blocks come from and go to, whatever keeps them. protocol.md §6.1 */
import type { CID } from 'multiformats/cid';
import type { Codec } from '#protocol/dag.ts';

/** Gives blocks: an IPFS node, or a CAR file. What it gives has been hashed again and is the block asked for. */
export interface BlockSource {
  /** @throws TributaryError if the block is not there, or is another one */
  get(cid: CID): Promise<Uint8Array>;
}

/** Keeps blocks too. */
export interface BlockStore extends BlockSource {
  /** Stores a block, durably before it resolves. @returns its CID */
  put(codec: Codec, bytes: Uint8Array): Promise<CID>;
  /** Keeps a block and all that it links to, for good; they must be there. */
  pin(cid: CID): Promise<void>;
}
