/**
 * CAR files: a root and all that it leads to, in one file for an auditor. protocol.md §6.1
 * Source: https://ipld.io/specs/transport/car/carv1/
 */
import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import { CarWriter } from '@ipld/car';
import type { CID } from 'multiformats/cid';
import { TributaryError } from '#crypto/error.ts';
import { codecOf, isBlockOf } from '#protocol/dag.ts';
import type { BlockSource } from './blockstore.ts';
import { indexCar, readExactly, type CarIndex } from './car-index.ts';
import { walk, type WalkOptions } from './walk.ts';

/** A CAR file as a source of blocks. Close it when done. */
export type CarSource = BlockSource & Readonly<{ root: CID; cids(): CID[]; close(): Promise<void> }>;

export type ExportOptions = Readonly<{
  /** Further DAGs to put in the file, which the root does not link to: a round's evidence. */
  also?: readonly CID[];
  /** Called with the size of each block as it is written. */
  onBlock?: (bytes: number) => void;
  /** A DAG of more blocks than this is refused. */
  maximumBlocks?: number;
}>;

/**
 * The bytes of a CAR with this one root: every block that it leads to, then those of `also`, each once. The
 * same DAG gives the same bytes.
 */
export async function* exportCar(
  source: BlockSource,
  root: CID,
  { also = [], onBlock = () => undefined, ...limits }: ExportOptions = {},
): AsyncGenerator<Uint8Array, void, undefined> {
  const { writer, out } = CarWriter.create([root]);
  const filled = fill(writer, source, [root, ...also], onBlock, limits);
  // Whoever stops reading early never sees the failure that this promise may end with.
  filled.catch(() => undefined);
  yield* out;
  await filled;
}

/** Writes a CAR file. @throws TributaryError `car/unwritable`, and those of the source */
export const writeCar = (
  file: string,
  source: BlockSource,
  root: CID,
  options: ExportOptions = {},
): Promise<void> => writeParts(file, exportCar(source, root, options));

/**
 * Writes the parts of a CAR into a file; it appears under its name only when it is whole and on disk.
 *
 * @throws TributaryError `car/unwritable`, and whatever ends the parts early
 */
export async function writeParts(file: string, parts: AsyncIterable<Uint8Array>): Promise<void> {
  const partial = `${file}.partial`;
  const handle = await writing(file, () => open(partial, 'w'));
  try {
    for await (const part of parts) {
      await writing(file, () => handle.appendFile(part));
    }
    await writing(file, () => handle.sync());
    await handle.close();
    await writing(file, () => rename(partial, file));
  } catch (error) {
    await handle.close();
    await rm(partial, { force: true });
    throw error;
  }
}

/** A failure of the file system, apart from those of the source. */
async function writing<T>(file: string, step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new TributaryError(
      'car/unwritable',
      `${file} can not be written (${why}): check folder, permissions and space`,
      { cause },
    );
  }
}

/**
 * Opens a CAR file to read blocks from; each is hashed again when it is read.
 *
 * @throws TributaryError `car/unreadable`, `car/malformed`, `car/root`; its `get`: `car/not-found`,
 *   `car/block-mismatch`, `dag/link`
 */
export async function carBlockStore(file: string): Promise<CarSource> {
  const handle = await openFile(file);
  const { root, blocks } = await indexOrClose(handle, file);
  return {
    root,
    cids: () => [...blocks.values()].map(({ cid }) => cid),
    async get(cid) {
      codecOf(cid);
      const place = blocks.get(cid.toString());
      if (!place)
        throw new TributaryError('car/not-found', `${file} has no block ${cid.toString()}: export it again`);
      const bytes = await readExactly(handle, place.offset, place.length, file);
      if (!isBlockOf(cid, bytes)) {
        throw new TributaryError(
          'car/block-mismatch',
          `the block ${cid.toString()} in ${file} has other bytes than its CID says: get the file again`,
        );
      }
      return bytes;
    },
    close: () => handle.close(),
  };
}

type Writer = ReturnType<typeof CarWriter.create>['writer'];

async function fill(
  writer: Writer,
  source: BlockSource,
  roots: readonly CID[],
  onBlock: (bytes: number) => void,
  limits: Pick<WalkOptions, 'maximumBlocks'>,
): Promise<void> {
  const written = new Set<string>();
  const skip = (cid: CID) => written.has(cid.toString());
  try {
    for (const root of roots) {
      for await (const block of walk(source, root, { ...limits, skip })) {
        written.add(block.cid.toString());
        await writer.put(block);
        onBlock(block.bytes.length);
      }
    }
  } finally {
    await writer.close();
  }
}

async function openFile(file: string): Promise<FileHandle> {
  try {
    return await open(file, 'r');
  } catch (cause) {
    throw new TributaryError('car/unreadable', `${file} can not be read: check its path and permissions`, {
      cause,
    });
  }
}

async function indexOrClose(handle: FileHandle, file: string): Promise<CarIndex> {
  try {
    return await indexCar(handle, file);
  } catch (error) {
    await handle.close();
    throw error;
  }
}
