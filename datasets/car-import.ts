/** Takes a CAR file into a store: all of it or, of a damaged one, nothing. protocol.md §6.1 */
import type { CID } from 'multiformats/cid';
import { TributaryError } from '#crypto/error.ts';
import { codecOf } from '#protocol/dag.ts';
import type { BlockStore } from './blockstore.ts';
import { carBlockStore } from './car.ts';
import { walk } from './walk.ts';

export type ImportOptions = Readonly<{
  /** Takes a file that lacks some of what its root leads to, which the store may have from elsewhere. */
  partial?: boolean;
  /** Called with the size of each block as it is stored. */
  onBlock?: (bytes: number) => void;
}>;

/**
 * Stores all blocks of a CAR file and pins its root. Every block is hashed before the first is stored, so that
 * of a file with a wrong one nothing is taken.
 *
 * @returns the root, and whether it is pinned: only a partial file may leave it unpinned
 * @throws TributaryError `car/not-found` for a file that is not complete, unless it may be partial; else as
 *   {@link carBlockStore}, and those of the store
 */
export async function importCar(
  file: string,
  store: BlockStore,
  { partial = false, onBlock = () => undefined }: ImportOptions = {},
): Promise<Readonly<{ root: CID; pinned: boolean }>> {
  const car = await carBlockStore(file);
  try {
    for (const cid of car.cids()) await car.get(cid);
    if (!partial) {
      const blocks = walk(car, car.root);
      while (!(await blocks.next()).done);
    }
    for (const cid of car.cids()) {
      const bytes = await car.get(cid);
      await store.put(codecOf(cid), bytes);
      onBlock(bytes.length);
    }
    return { root: car.root, pinned: await pinned(store, car.root, partial) };
  } finally {
    await car.close();
  }
}

async function pinned(store: BlockStore, root: CID, partial: boolean): Promise<boolean> {
  try {
    await store.pin(root);
    return true;
  } catch (error) {
    if (partial && error instanceof TributaryError && error.code === 'ipfs/not-found') return false;
    throw error;
  }
}
