/**
 * The embedded IPFS node: Helia without libp2p, network or bootstrap, over blocks on disk. The one file that
 * imports Helia. protocol.md §6.1
 */
import './with-resolvers.ts';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createHeliaLight } from 'helia';
import type { CID } from 'multiformats/cid';
import { toHex } from '#crypto/bytes.ts';
import { digestOf } from '#protocol/dag.ts';
import { DurableBlockstore } from './durable-blockstore.ts';
import { syncFolder } from './durable-file.ts';

export type IpfsNode = Readonly<{
  /** Helia's version. */
  version: string;
  /** Resolves when the block is on disk. A damaged copy is replaced. */
  put(cid: CID, bytes: Uint8Array): Promise<void>;
  /** The bytes on disk, not hashed again, or null. */
  get(cid: CID): Promise<Uint8Array | null>;
  close(): Promise<void>;
}>;

/** Opens the node in a folder that the caller has locked. */
export async function openNode(folder: string): Promise<IpfsNode> {
  const aside = join(folder, 'incoming');
  await rm(aside, { recursive: true, force: true });
  await mkdir(aside, { recursive: true });
  const disk = new DurableBlockstore(join(folder, 'blocks'), aside);
  await disk.open();
  const helia = createHeliaLight({ blockstore: disk });
  await helia.start();
  await syncFolder(folder);
  /** The last write of each block, so that two of one block do not overlap. */
  const writes = new Map<string, Promise<void>>();

  async function get(cid: CID): Promise<Uint8Array | null> {
    if (!(await helia.blockstore.has(cid))) return null;
    const parts: Uint8Array[] = [];
    for await (const part of helia.blockstore.get(cid, { offline: true })) parts.push(part);
    return Buffer.concat(parts);
  }

  async function write(cid: CID, bytes: Uint8Array): Promise<void> {
    const present = await get(cid);
    // Helia would keep whatever is there; blocks come and go under one name only if they are the same.
    if (present === null) await helia.blockstore.put(cid, bytes);
    else if (Buffer.compare(present, bytes) !== 0) await disk.put(cid, bytes);
  }

  return {
    version: helia.info.version,
    put(cid, bytes) {
      const key = toHex(digestOf(cid));
      const after = (writes.get(key) ?? Promise.resolve())
        .catch(() => undefined)
        .then(() => write(cid, bytes));
      writes.set(key, after);
      const forget = () => {
        if (writes.get(key) === after) writes.delete(key);
      };
      after.then(forget, forget);
      return after;
    },
    get,
    async close() {
      await Promise.allSettled(writes.values());
      await helia.stop();
      await disk.close();
    },
  };
}
