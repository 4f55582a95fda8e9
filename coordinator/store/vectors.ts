/** Masked inputs on disk: checked while they stream in, whole and durable before their message counts. protocol.md §2.4, §4.4 */
import { readFile, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { toHex } from '#crypto/bytes.ts';
import { TributaryError } from '#crypto/error.ts';
import { MerkleBuilder } from '#crypto/merkle.ts';
import { chunkBytes, packedBytes, type AggregationParameters } from '#crypto/parameters.ts';
import { checkPacked } from '#crypto/packing.ts';
import type { AttemptId } from '#protocol/job-id.ts';
import type { Bytes32 } from '#protocol/units.ts';
import { isCode, writeDurably, type Disk } from './files.ts';

/** The name of one stored input: whose, and of which root. */
export type VectorName = Readonly<{ member: number; inputRoot: Bytes32 }>;

export type Vectors = Readonly<{
  /**
   * Takes in a packed vector as it arrives.
   *
   * @param w the word size of the roster
   * @throws TributaryError `vector/length`, `vector/padding`, `input/root-mismatch`, `storage/full`; nothing is kept then
   */
  receive(
    id: AttemptId,
    name: VectorName,
    parameters: AggregationParameters,
    w: number,
    body: AsyncIterable<Uint8Array>,
  ): Promise<void>;
  /** @throws TributaryError `storage/vector-missing` */
  read(id: AttemptId, name: VectorName): Promise<Uint8Array>;
  /** Deletes one that was not accepted. */
  discard(id: AttemptId, name: VectorName): Promise<void>;
  /** Deletes all of an attempt but these. */
  keepOnly(id: AttemptId, names: readonly VectorName[]): Promise<void>;
  /** At the start: deletes what an interrupted process left half-written, and all of attempts but these. */
  clean(current: readonly AttemptId[]): Promise<void>;
}>;

const PART = '.part';

export function openVectors(folder: string, disk: Disk): Vectors {
  const folderOf = ({ job, round, attempt }: AttemptId) => join(folder, `${job}-${round}-${attempt}`);
  const fileOf = ({ member, inputRoot }: VectorName) => `${member}-${inputRoot}`;
  const pathOf = (id: AttemptId, name: VectorName) => join(folderOf(id), fileOf(name));
  return {
    async receive(id, name, parameters, w, body) {
      const inspected = inspect(body, parameters, w);
      await writeDurably(disk, pathOf(id, name), inspected.pieces, () => {
        if (inspected.root() !== name.inputRoot) {
          throw new TributaryError(
            'input/root-mismatch',
            `member ${name.member} signed another root than its vector has`,
          );
        }
      });
    },

    async read(id, name) {
      try {
        return await readFile(pathOf(id, name));
      } catch (error) {
        if (!isCode(error, 'ENOENT')) throw error;
        const place = `${id.job}, round ${id.round}, attempt ${id.attempt}`;
        throw new TributaryError(
          'storage/vector-missing',
          `the input of member ${name.member} in job ${place} is gone from disk: restore the coordinator's folder`,
        );
      }
    },

    discard: (id, name) => disk.remove(pathOf(id, name)),

    async keepOnly(id, names) {
      const kept = new Set(names.map(fileOf));
      for (const file of await filesOf(folderOf(id))) {
        // A part is an upload under way; its message will be refused, and then it goes.
        if (!kept.has(file) && !file.endsWith(PART)) await disk.remove(join(folderOf(id), file));
      }
    },

    async clean(current) {
      const kept = new Set(current.map(folderOf));
      for (const attempt of await filesOf(folder)) {
        const path = join(folder, attempt);
        if (!kept.has(path)) await rm(path, { recursive: true, force: true });
        else
          for (const file of await filesOf(path))
            if (file.endsWith(PART)) await disk.remove(join(path, file));
      }
    },
  };
}

async function filesOf(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isCode(error, 'ENOENT')) return [];
    throw error;
  }
}

/** Passes a packed vector on in its chunks, each checked and hashed on the way. */
function inspect(body: AsyncIterable<Uint8Array>, parameters: AggregationParameters, w: number) {
  const tree = new MerkleBuilder();
  return { pieces: checkedChunks(body, parameters, w, tree), root: () => toHex(tree.root()) };
}

async function* checkedChunks(
  body: AsyncIterable<Uint8Array>,
  parameters: AggregationParameters,
  w: number,
  tree: MerkleBuilder,
): AsyncGenerator<Uint8Array, void, undefined> {
  const expected = packedBytes(parameters, w);
  const size = chunkBytes(parameters, w);
  const chunk = new Uint8Array(size);
  let held = 0;
  let received = 0;
  for await (const part of body) {
    received += part.length;
    if (received > expected) throw wrongLength('more', expected);
    for (let at = 0; at < part.length;) {
      const taken = part.subarray(at, at + size - held);
      chunk.set(taken, held);
      held += taken.length;
      at += taken.length;
      if (held === size && received - part.length + at < expected) {
        tree.push(chunk.slice());
        yield chunk.slice();
        held = 0;
      }
    }
  }
  if (received < expected) throw wrongLength(`only ${received}`, expected);
  const last = chunk.slice(0, held);
  const before = (Math.ceil(expected / size) - 1) * parameters.chunkWords;
  checkPacked(last, parameters.dimension - before, w);
  tree.push(last);
  yield last;
}

const wrongLength = (found: string, expected: number): TributaryError =>
  new TributaryError(
    'vector/length',
    `the vector has ${found} of the ${expected} bytes due: pack it for this roster`,
  );
