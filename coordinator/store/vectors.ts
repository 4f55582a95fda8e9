/** Masked inputs on disk: checked while they stream in, whole and durable before their message counts. protocol.md §2.4, §4.4 */
import { TributaryError } from '#crypto/error.ts';
import type { AggregationParameters } from '#crypto/parameters.ts';
import { SealCheck, type Seal } from '#model/unmasking/seal.ts';
import type { SealedFile } from '#model/unmasking/sealed-inputs.ts';
import type { AttemptId } from '#protocol/job-id.ts';
import type { Bytes32 } from '#protocol/units.ts';
import { attemptName, type AttemptBlobs } from '../blobs/blobs.ts';
import { PackedCheck } from './packed-check.ts';

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
  /** A file that this process itself took in, with the seal that it got then; null for what an earlier process left, or is in no file. */
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

/** What an input is called among an attempt's. */
export const inputName = ({ member, inputRoot }: VectorName): string => `${member}-${inputRoot}`;

export function openVectors(blobs: AttemptBlobs): Vectors {
  const keyOf = (id: AttemptId, name: string) => `${attemptName(id)}/${name}`;
  // By place: only what a name was given to, and that name is of one root.
  const seals = new Map<string, Seal>();
  const remove = async (id: AttemptId, name: string): Promise<void> => {
    seals.delete(keyOf(id, name));
    await blobs.remove(id, name);
  };
  return {
    async receive(id, name, parameters, w, body) {
      const check = new PackedCheck(parameters, w);
      await blobs.write(id, inputName(name), body, {
        push: (piece) => check.push(piece),
        end() {
          check.end();
          if (check.root() === name.inputRoot) return;
          throw new TributaryError(
            'input/root-mismatch',
            `member ${name.member} signed another root than its vector has`,
          );
        },
      });
      seals.set(keyOf(id, inputName(name)), check.seal());
    },

    async read(id, name) {
      const seal = seals.get(keyOf(id, inputName(name)));
      const bytes = (await blobs.read(id, inputName(name))) ?? missing(id, name);
      if (seal === undefined || isSealed(bytes, seal)) return bytes;
      const where = blobs.where(id, inputName(name));
      throw new TributaryError(
        'storage/vector-damaged',
        `the input of member ${name.member} is not what was received: ${where} is damaged, restore the coordinator's folder`,
      );
    },

    sealed(id, name) {
      const path = blobs.file(id, inputName(name));
      const seal = seals.get(keyOf(id, inputName(name)));
      return seal === undefined || path === null ? null : { path, seal };
    },

    discard: (id, name) => remove(id, inputName(name)),

    async keepOnly(id, names) {
      const kept = new Set(names.map(inputName));
      // An upload under way is none of the names; its message will be refused, and then it goes.
      for (const name of await blobs.names(id)) if (!kept.has(name)) await remove(id, name);
    },

    async clean(isOver, partsOlder) {
      for (const id of await blobs.attempts()) {
        if (isOver(id)) await blobs.removeAll(id);
        else await blobs.removeParts(id, partsOlder);
      }
    },
  };
}

/** @throws TributaryError `storage/vector-missing` */
function missing({ job, round, attempt }: AttemptId, { member }: VectorName): never {
  throw new TributaryError(
    'storage/vector-missing',
    `the input of member ${member} in job ${job}, round ${round}, attempt ${attempt} is gone from disk: restore the coordinator's folder`,
  );
}

function isSealed(bytes: Uint8Array, seal: Seal): boolean {
  const check = new SealCheck(seal);
  check.push(bytes);
  return check.holds();
}
