/** Visits every block that a root leads to. protocol.md §6.1 */
import type { CID } from 'multiformats/cid';
import { TributaryError } from '#crypto/error.ts';
import { codecOf, decodeBlock, linksOf, type Block } from '#protocol/dag.ts';
import type { BlockSource } from './blockstore.ts';

export type WalkOptions = Readonly<{
  /** Blocks to leave out, together with all that they alone lead to. */
  skip?: (cid: CID) => boolean | Promise<boolean>;
  /** A DAG of more blocks than this is refused, and one of which more links wait to be followed. */
  maximumBlocks?: number;
}>;

/**
 * Depth first, a block before what it links to, links in the order of its bytes, each block once: so one
 * root gives one order. Links can't form a cycle, since each is a hash of what it names.
 *
 * @throws TributaryError `dag/too-many-blocks`, and what the source and {@link decodeBlock} throw
 */
export async function* walk(
  source: BlockSource,
  root: CID,
  { skip = () => false, maximumBlocks = 1_000_000 }: WalkOptions = {},
): AsyncGenerator<Block, void, undefined> {
  const seen = new Set<string>();
  const next = [root];
  for (let cid = next.pop(); cid !== undefined; cid = next.pop()) {
    const key = cid.toString();
    if (seen.has(key) || (await skip(cid))) continue;
    if (seen.size >= maximumBlocks) throw tooMany(root, maximumBlocks);
    seen.add(key);
    const codec = codecOf(cid);
    const bytes = await source.get(cid);
    yield { cid, bytes };
    if (codec === 'dag-cbor') next.push(...linksOf(decodeBlock(bytes)).reverse());
    // Links wait in memory, and few blocks can hold very many of them.
    if (next.length > maximumBlocks) throw tooMany(root, maximumBlocks);
  }
}

const tooMany = (root: CID, limit: number) =>
  new TributaryError(
    'dag/too-many-blocks',
    `more than ${limit} blocks hang on ${root.toString()}: raise the limit if you trust its author`,
  );
