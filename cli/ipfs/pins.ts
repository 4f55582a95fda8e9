/**
 * Recursive pins, one empty file each. Nothing is ever deleted here, so a pin's worth is the check that all
 * of a DAG is present and undamaged when it is pinned.
 */
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { CID } from 'multiformats/cid';
import type { BlockSource } from '#datasets/blockstore.ts';
import { walk } from '#datasets/walk.ts';
import { isBlockOf } from '#protocol/dag.ts';
import { syncFolder, writeDurably } from './durable-file.ts';
import { RpcError } from './rpc-error.ts';

export type Pins = Readonly<{
  /**
   * Resolves when the pin is on disk.
   *
   * @param get where blocks come from: the disk, or peers too
   * @throws RpcError if a block is missing or damaged
   */
  add(root: CID, get: (cid: CID) => Promise<Uint8Array>): Promise<void>;
  list(): CID[];
  has(root: CID): boolean;
  /** @throws RpcError if it was not pinned */
  remove(root: CID): Promise<void>;
}>;

export async function openPins(folder: string): Promise<Pins> {
  const files = join(folder, 'pins');
  await mkdir(files, { recursive: true });
  const pinned = new Map((await readdir(files)).map((name) => [name, CID.parse(name)]));

  return {
    async add(root, get) {
      const name = root.toString();
      // What hangs on another pin was checked when that was made.
      const blocks = walk(checkedSource(get), root, { skip: (cid) => pinned.has(cid.toString()) });
      while (!(await blocks.next()).done);
      await writeDurably(join(files, name), new Uint8Array(), join(folder, 'incoming'));
      pinned.set(name, root);
    },
    list: () => [...pinned.values()],
    has: (root) => pinned.has(root.toString()),
    async remove(root) {
      const name = root.toString();
      if (!pinned.delete(name)) throw new RpcError(500, 0, 'not pinned or pinned indirectly');
      await rm(join(files, name), { force: true });
      await syncFolder(files);
    },
  };
}

function checkedSource(get: (cid: CID) => Promise<Uint8Array>): BlockSource {
  return {
    async get(cid) {
      const bytes = await get(cid);
      if (!isBlockOf(cid, bytes)) {
        throw new RpcError(
          500,
          0,
          `block ${cid.toString()} is damaged on disk: put it again, or import it from a CAR`,
        );
      }
      return bytes;
    },
  };
}
