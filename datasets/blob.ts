/**
 * Blobs: bytes of any length as raw chunks under one manifest. protocol.md §6.1
 * All chunks but the last are of the one chunk size, so that the same bytes have the same CID everywhere.
 */
import type { CID } from 'multiformats/cid';
import { z } from 'zod';
import { TributaryError } from '#crypto/error.ts';
import { cidOf, codecOf, decodeBlock, encodeBlock, isLink, type Block } from '#protocol/dag.ts';
import type { BlockSource, BlockStore } from './blockstore.ts';

/** The chunk size of the protocol; other sizes are for tests. */
export const blobChunkBytes = 1024 * 1024;

const link = z.custom<CID>(isLink, 'expected a link');
const manifestSchema = z.strictObject({
  kind: z.literal('tributary/blob'),
  size: z.int().min(0),
  chunks: z.array(link),
});

export type EncodedBlob = Readonly<{ manifest: Block; chunks: readonly Block[] }>;
export type BlobOptions = Readonly<{
  /** The most bytes that the caller will take. */
  limit: number;
  chunkSize?: number;
}>;

/** The blocks of a blob, without storing them: `manifest.cid` is what a store would answer. */
export function encodeBlob(bytes: Uint8Array, chunkSize = blobChunkBytes): EncodedBlob {
  const chunks: Block[] = [];
  for (let at = 0; at < bytes.length; at += chunkSize) {
    const chunk = bytes.subarray(at, at + chunkSize);
    chunks.push({ cid: cidOf('raw', chunk), bytes: chunk });
  }
  const links = chunks.map(({ cid }) => cid);
  return { manifest: encodeBlock({ kind: 'tributary/blob', size: bytes.length, chunks: links }), chunks };
}

/** Stores chunks, then the manifest. @returns the manifest's CID */
export async function putBlob(
  store: BlockStore,
  bytes: Uint8Array,
  chunkSize = blobChunkBytes,
): Promise<CID> {
  const { manifest, chunks } = encodeBlob(bytes, chunkSize);
  for (const chunk of chunks) await store.put('raw', chunk.bytes);
  return store.put('dag-cbor', manifest.bytes);
}

/**
 * The chunks of a blob, one by one. All that the manifest claims is checked before the first chunk is asked for.
 *
 * @throws TributaryError `blob/not-a-blob`, `blob/too-big`, `blob/chunks`, `blob/chunk-size`, and those of
 *   the source
 */
export async function* streamBlob(
  source: BlockSource,
  cid: CID,
  { limit, chunkSize = blobChunkBytes }: BlobOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { size, chunks } = await readManifest(source, cid, limit, chunkSize);
  for (const [i, chunk] of chunks.entries()) {
    const bytes = await source.get(chunk);
    const expected = Math.min(chunkSize, size - i * chunkSize);
    if (bytes.length !== expected) {
      throw new TributaryError(
        'blob/chunk-size',
        `chunk ${i} of ${cid.toString()} has ${bytes.length} bytes instead of ${expected}: its manifest is wrong`,
      );
    }
    yield bytes;
  }
}

/** A whole blob, at most `limit` bytes. @throws TributaryError as {@link streamBlob} */
export async function getBlob(source: BlockSource, cid: CID, options: BlobOptions): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of streamBlob(source, cid, options)) {
    parts.push(part);
    size += part.length;
  }
  const whole = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

async function readManifest(source: BlockSource, cid: CID, limit: number, chunkSize: number) {
  if (codecOf(cid) !== 'dag-cbor') throw notABlob(cid, 'it is a raw block');
  const parsed = manifestSchema.safeParse(decodeBlock(await source.get(cid)));
  if (!parsed.success) throw notABlob(cid, z.prettifyError(parsed.error));
  const { size, chunks } = parsed.data;
  if (size > limit) {
    throw new TributaryError(
      'blob/too-big',
      `${cid.toString()} has ${size} bytes, at most ${limit} are taken here`,
    );
  }
  const expected = Math.ceil(size / chunkSize);
  if (chunks.length !== expected || chunks.some((chunk) => codecOf(chunk) !== 'raw')) {
    throw new TributaryError(
      'blob/chunks',
      `${cid.toString()} needs ${expected} raw chunks of ${chunkSize} bytes: store it again with this protocol`,
    );
  }
  return parsed.data;
}

function notABlob(cid: CID, why: string): TributaryError {
  return new TributaryError('blob/not-a-blob', `${cid.toString()} is not a blob: ${why}`);
}
