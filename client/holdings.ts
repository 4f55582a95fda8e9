/** An owner's dataset on its own machine: rows that match what was published of them, and the policy. protocol.md §6.1 */
import { fromHex } from '#crypto/bytes.ts';
import { commitFile } from '#datasets/commitment.ts';
import type { BlockSource } from '#datasets/blockstore.ts';
import { parseDescriptor, type Descriptor } from '#datasets/descriptor.ts';
import { otherRows } from '#datasets/encode.ts';
import type { Reading, Schema } from '#datasets/schema.ts';
import { cidFromDigest } from '#protocol/dag.ts';
import type { Bytes32 } from '#protocol/units.ts';
import type { ChainReads } from './chain.ts';

export type Holdings = Readonly<{
  dataset: number;
  descriptor: Descriptor;
  /** Digest of the descriptor's block, as the registry has it. */
  digest: Bytes32;
  rows: number;
}>;

/** Where the rows are, and how they are read. */
export type OwnFile = Readonly<{
  path: string;
  reading: Reading;
  /** 32 bytes, as at registration. */
  salt: Uint8Array;
}>;

/** The file by what its descriptor publishes: there is no second schema that could differ from it. */
export const schemaFor = ({ reading }: OwnFile, { columns, label }: Descriptor): Schema => ({
  reading,
  columns,
  label,
});

/**
 * Reads the file and holds it against the dataset's registered descriptor; no row is kept.
 *
 * @throws TributaryError `data/other-rows` where the file is not what was registered, and those of the file, the
 *   descriptor, IPFS and the chain
 */
export async function loadHoldings(
  from: Readonly<{ dataset: number; file: OwnFile; chain: ChainReads; store: BlockSource }>,
): Promise<Holdings> {
  const { dataset, file, chain, store } = from;
  const digest = await chain.descriptor();
  const descriptor = parseDescriptor(await store.get(cidFromDigest('raw', fromHex(digest))));
  const { root, rows } = await commitFile(file.path, schemaFor(file, descriptor), file.salt);
  if (root !== descriptor.rowsRoot) throw otherRows(file.path);
  return { dataset, descriptor, digest, rows };
}
