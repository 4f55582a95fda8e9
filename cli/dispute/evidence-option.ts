/** `--evidence FILE|CID`: what one side files, as the digest of a dag-cbor block. protocol.md §5.6 */
import { existsSync } from 'node:fs';
import { CID } from 'multiformats/cid';
import { TributaryError } from '#crypto/error.ts';
import type { BlockStore } from '#datasets/blockstore.ts';
import { carBlockStore } from '#datasets/car.ts';
import { digestHex } from '#model/model-store.ts';
import { codecOf } from '#protocol/dag.ts';
import type { Bytes32 } from '#protocol/units.ts';

/**
 * @param store takes the blocks of a CAR file, so that others can fetch them; null where nothing may be stored
 * @throws TributaryError `dispute/bad-evidence`, `car/…`, `ipfs/…`
 */
export async function evidenceDigest(text: string, store: BlockStore | null): Promise<Bytes32> {
  if (!existsSync(text)) return digestHex(blockNamed(text));
  const car = await carBlockStore(text);
  try {
    if (codecOf(car.root) !== 'dag-cbor') throw bad(`the root of ${text} is no dag-cbor block`);
    if (store !== null) {
      for (const cid of car.cids()) await store.put(codecOf(cid), await car.get(cid));
      await store.pin(car.root);
    }
    return digestHex(car.root);
  } finally {
    await car.close();
  }
}

function blockNamed(text: string): CID {
  try {
    const cid = CID.parse(text);
    if (codecOf(cid) === 'dag-cbor') return cid;
  } catch {
    // said below
  }
  throw bad(`${text} is neither a file nor the CID of a dag-cbor block`);
}

const bad = (why: string) => new TributaryError('dispute/bad-evidence', why);
