/** Masked inputs on disk: checked while they stream in, whole and durable before their message counts. protocol.md §2.4, §4.4 */
import { createHash } from 'node:crypto';
import { readFile, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { toHex } from '#crypto/bytes.ts';
import { TributaryError } from '#crypto/error.ts';
import { MerkleBuilder } from '#crypto/merkle.ts';
import { chunkBytes, packedBytes, type AggregationParameters } from '#crypto/parameters.ts';
import { checkPacked } from '#crypto/packing.ts';
import { SealCheck, Sealer, type Seal } from '#model/unmasking/seal.ts';
import type { SealedFile } from '#model/unmasking/sealed-inputs.ts';
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
  /** Held against its seal, if it has one. @throws TributaryError `storage/vector-missing`, `storage/vector-damaged` */
  read(id: AttemptId, name: VectorName): Promise<Uint8Array>;
  /** One that this process itself took in, with the seal that it got then; null for what an earlier process left. */
  sealed(id: AttemptId, name: VectorName): SealedFile | null;
  /** Deletes one that was not accepted. */
  discard(id: AttemptId, name: VectorName): Promise<void>;
  /** Deletes all of an attempt but these. */
  keepOnly(id: AttemptId, names: readonly VectorName[]): Promise<void>;
  /**
   * Deletes attempts that are over, and what interrupted processes left half-written.
   *
   * @param partsOlder seconds; a part that is written to is younger than the longest pause of an upload
   */
  clean(isOver: (id: AttemptId) => boolean, partsOlder: number): Promise<void>;
}>;

const PART = '.part';

export function openVectors(folder: string, disk: Disk): Vectors {
  const folderOf = ({ job, round, attempt }: AttemptId) => join(folder, `${job}-${round}-${attempt}`);
  const fileOf = ({ member, inputRoot }: VectorName) => `${member}-${inputRoot}`;
  const pathOf = (id: AttemptId, name: VectorName) => join(folderOf(id), fileOf(name));
  // By path: only what a name was given to, and that name is of one root.
  const seals = new Map<string, Seal>();
  const remove = async (path: string): Promise<void> => {
    seals.delete(path);
    await disk.remove(path);
  };
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
      seals.set(pathOf(id, name), inspected.seal());
    },

    async read(id, name) {
      const path = pathOf(id, name);
      const seal = seals.get(path);
      const bytes = await readWhole(path, id, name);
      if (seal === undefined || isSealed(bytes, seal)) return bytes;
      throw new TributaryError(
        'storage/vector-damaged',
        `the input of member ${name.member} is not what was received: ${path} is damaged, restore the coordinator's folder`,
      );
    },

    sealed(id, name) {
      const path = pathOf(id, name);
      const seal = seals.get(path);
      return seal === undefined ? null : { path, seal };
    },

    discard: (id, name) => remove(pathOf(id, name)),

    async keepOnly(id, names) {
      const kept = new Set(names.map(fileOf));
      for (const file of await filesOf(folderOf(id))) {
        // A part is an upload under way; its message will be refused, and then it goes.
        if (!kept.has(file) && !file.endsWith(PART)) await remove(join(folderOf(id), file));
      }
    },

    async clean(isOver, partsOlder) {
      for (const attempt of await filesOf(folder)) {
        const [, job, round, number] = ATTEMPT.exec(attempt) ?? [];
        const path = join(folder, attempt);
        const id = { job: Number(job), round: Number(round), attempt: Number(number) };
        if (number === undefined) continue;
        if (isOver(id)) await rm(path, { recursive: true, force: true });
        else await removeParts(path, disk, partsOlder);
      }
    },
  };
}

const ATTEMPT = /^(\d+)-(\d+)-(\d+)$/;

async function removeParts(folder: string, disk: Disk, olderSeconds: number): Promise<void> {
  for (const file of await filesOf(folder)) {
    if (!file.endsWith(PART)) continue;
    const path = join(folder, file);
    if (olderSeconds === 0 || (await ageOf(path)) > olderSeconds) await disk.remove(path);
  }
}

/** Seconds since something was written to a file; none for one that is gone, its upload being over. */
async function ageOf(path: string): Promise<number> {
  try {
    return (Date.now() - (await stat(path)).mtimeMs) / 1000;
  } catch (error) {
    if (isCode(error, 'ENOENT')) return 0;
    throw error;
  }
}

async function readWhole(path: string, id: AttemptId, name: VectorName): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    if (!isCode(error, 'ENOENT')) throw error;
    const place = `${id.job}, round ${id.round}, attempt ${id.attempt}`;
    throw new TributaryError(
      'storage/vector-missing',
      `the input of member ${name.member} in job ${place} is gone from disk: restore the coordinator's folder`,
    );
  }
}

function isSealed(bytes: Uint8Array, seal: Seal): boolean {
  const check = new SealCheck(seal);
  check.push(bytes);
  return check.holds();
}

async function filesOf(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isCode(error, 'ENOENT')) return [];
    throw error;
  }
}

/** Passes a packed vector on as it comes, checked and hashed on the way: a thousand may come in at once. */
function inspect(body: AsyncIterable<Uint8Array>, parameters: AggregationParameters, w: number) {
  const chunks = new ChunkTree(chunkBytes(parameters, w));
  const sealer = new Sealer();
  const push = (piece: Uint8Array): void => {
    chunks.push(piece);
    sealer.push(piece);
  };
  return {
    pieces: checkedPieces(body, parameters, w, push),
    root: () => toHex(chunks.root()),
    seal: () => sealer.seal(),
  };
}

async function* checkedPieces(
  body: AsyncIterable<Uint8Array>,
  parameters: AggregationParameters,
  w: number,
  push: (piece: Uint8Array) => void,
): AsyncGenerator<Uint8Array, void, undefined> {
  const expected = packedBytes(parameters, w);
  let received = 0;
  let last = 0;
  for await (const piece of body) {
    received += piece.length;
    if (received > expected) throw wrongLength('more', expected);
    push(piece);
    last = piece.at(-1) ?? last;
    yield piece;
  }
  if (received < expected) throw wrongLength(`only ${received}`, expected);
  // Of the last byte alone, its bits as words.
  const unused = 8 * expected - parameters.dimension * w;
  checkPacked(Uint8Array.of(last), 8 - unused, 1);
}

/** The input root over chunks of which none is ever held: their hashes grow with what comes. protocol.md §1.4, §2.4 */
class ChunkTree {
  readonly #tree = new MerkleBuilder();
  readonly #chunkBytes: number;
  #leaf = beginLeaf();
  #held = 0;

  constructor(chunkBytes: number) {
    this.#chunkBytes = chunkBytes;
  }

  push(piece: Uint8Array): void {
    for (let at = 0; at < piece.length;) {
      if (this.#held === this.#chunkBytes) this.#end();
      const taken = piece.subarray(at, at + this.#chunkBytes - this.#held);
      this.#leaf.update(taken);
      this.#held += taken.length;
      at += taken.length;
    }
  }

  root(): Uint8Array {
    this.#end();
    return this.#tree.root();
  }

  #end(): void {
    this.#tree.pushHash(new Uint8Array(this.#leaf.digest()));
    this.#leaf = beginLeaf();
    this.#held = 0;
  }
}

/** As `leafHash` of crypto/merkle.ts begins. */
const beginLeaf = () => createHash('sha256').update(Uint8Array.of(0));

const wrongLength = (found: string, expected: number): TributaryError =>
  new TributaryError(
    'vector/length',
    `the vector has ${found} of the ${expected} bytes due: pack it for this roster`,
  );
