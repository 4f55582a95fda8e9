/** A DAG-CBOR block of a known kind, from a store that nobody trusts. protocol.md §6.1 */
import type { CID } from 'multiformats/cid';
import type { z } from 'zod';
import { TributaryError } from '#crypto/error.ts';
import { decodeBlock, encodeBlock, type DagValue } from '#protocol/dag.ts';
import type { BlockSource, BlockStore } from './blockstore.ts';

/**
 * @param what how an error names the block, as in "job terms"
 * @throws TributaryError `lineage/bad-block` where the block is not of this kind, and the store's own errors
 */
export async function readBlock<Schema extends z.ZodType>(
  store: BlockSource,
  cid: CID,
  schema: Schema,
  what: string,
): Promise<z.infer<Schema>> {
  const parsed = schema.safeParse(decodeBlock(await store.get(cid)));
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new TributaryError(
    'lineage/bad-block',
    `${what} (${cid.toString()}) is not what it should be: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`,
  );
}

/** Encodes and stores a value. @returns its CID */
export async function writeBlock(store: BlockStore, value: DagValue): Promise<CID> {
  return store.put('dag-cbor', encodeBlock(value).bytes);
}
