/**
 * blockstore-fs, with writes that are on disk when they are done: its own write neither syncs nor lets two
 * writers of one block pass each other. protocol.md §6.1
 */
import { join } from 'node:path';
import { FsBlockstore } from 'blockstore-fs';
import { NextToLast } from 'blockstore-fs/sharding';
import type { CID } from 'multiformats/cid';
import { writeDurably } from './durable-file.ts';

type Bytes = Parameters<FsBlockstore['put']>[1];

export class DurableBlockstore extends FsBlockstore {
  readonly #sharding = new NextToLast();
  readonly #aside: string;

  /** @param aside a folder on the same file system, for files not yet whole */
  constructor(folder: string, aside: string) {
    super(folder);
    this.#aside = aside;
  }

  override async put(cid: CID, value: Bytes): Promise<CID> {
    const { dir, file } = this.#sharding.encode(cid);
    await writeDurably(join(this.path, dir, file), await gather(value), this.#aside);
    return cid;
  }
}

async function gather(value: Bytes): Promise<Uint8Array> {
  if (value instanceof Uint8Array) return value;
  const parts: Uint8Array[] = [];
  for await (const part of value) parts.push(part);
  return Buffer.concat(parts);
}
