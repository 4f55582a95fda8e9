/** A sum of masked inputs with the masks taken off, by as many threads as pay. protocol.md §6.4 */
import type { Mask } from '#crypto/ring.ts';
import type { SignedInput } from './input-adder.ts';
import type { Shape, SumOrder } from './messages.ts';
import type { SealedInput } from './sealed-inputs.ts';
import { type OpenThreads, openThreads, type SumThread, workersFor } from './threads.ts';
import { PIECES_AHEAD } from './worker-thread.ts';

/**
 * An input by its signed root, and how to read it, from the start, in pieces of any length. A piece's memory may be used
 * again when the next one is asked for.
 */
export type StoredInput = SignedInput & Readonly<{ open: () => AsyncIterable<Uint8Array> }>;

export type Unmasking = Readonly<{
  shape: Shape;
  /** Read here, piece by piece, and held against their roots. */
  inputs: readonly StoredInput[];
  /** Read by the threads, and held against their seals. */
  files: readonly SealedInput[];
  /** How many masks there are. */
  maskCount: number;
  /** They are derived as they are needed, once. */
  masks: Iterator<Mask, void>;
}>;

/** Words of a batch of masks or files: some milliseconds of work. */
const BATCH_WORDS = 2 ** 22;

/**
 * Σ inputs and files with the masks removed, modulo 2^w: the same words however many threads there are. At any time there are
 * `PIECES_AHEAD` pieces of an input a thread in memory, beside what reads them.
 *
 * @param open where the threads come from
 * @param workers for tests; 0 is this thread alone
 * @throws TributaryError as `InputAdder` and `SealedInputs`, and those of the inputs and of the masks
 */
export async function unmaskedSum(
  of: Unmasking,
  open: OpenThreads = openThreads,
  workers = workersOf(of),
): Promise<Uint32Array> {
  const threads = await open(of.shape, workers);
  try {
    const work = new Work(of);
    await Promise.all(threads.map((thread) => work.doWith(thread)));
    const [first, ...others] = await Promise.all(threads.map((thread) => thread.words()));
    return sumOf(first ?? new Uint32Array(0), others, of.shape.w);
  } finally {
    await Promise.all(threads.map((thread) => thread.close()));
  }
}

function workersOf({ shape, inputs, files, maskCount }: Unmasking): number {
  const { dimension } = shape.parameters;
  return workersFor((inputs.length + files.length + maskCount) * dimension, dimension);
}

/** What is to be done yet. One thread at a time takes inputs, while others have masks: reading is slower than adding. */
class Work {
  readonly #inputs: Iterator<StoredInput>;
  readonly #files: readonly SealedInput[];
  readonly #masks: Iterator<Mask, void>;
  readonly #batch: number;
  #filesTaken = 0;
  #inputsLeft = true;
  #masksLeft = true;
  #readers = 0;

  constructor({ shape, inputs, files, masks }: Unmasking) {
    this.#inputs = inputs[Symbol.iterator]();
    this.#files = files;
    this.#masks = masks;
    this.#batch = Math.max(1, Math.floor(BATCH_WORDS / shape.parameters.dimension));
  }

  async doWith(thread: SumThread): Promise<void> {
    try {
      while (this.#inputsLeft || this.#masksLeft) {
        if (this.#inputsLeft && (this.#readers === 0 || !this.#masksLeft)) await this.#read(thread);
        else await this.#removeMasks(thread);
      }
    } catch (error) {
      // The others need not go on.
      this.#inputsLeft = this.#masksLeft = false;
      throw error;
    }
  }

  async #read(thread: SumThread): Promise<void> {
    const files = this.#files.slice(this.#filesTaken, this.#filesTaken + this.#batch);
    this.#filesTaken += files.length;
    const next = files.length > 0 ? undefined : this.#inputs.next();
    if (next?.done === true) {
      this.#inputsLeft = false;
      return;
    }
    this.#readers += 1;
    try {
      await (next === undefined
        ? thread.take({ kind: 'files', inputs: files })
        : addInput(thread, next.value));
    } finally {
      this.#readers -= 1;
    }
  }

  async #removeMasks(thread: SumThread): Promise<void> {
    const masks: Mask[] = [];
    while (masks.length < this.#batch) {
      const next = this.#masks.next();
      if (next.done === true) {
        this.#masksLeft = false;
        break;
      }
      masks.push(next.value);
    }
    await thread.take({ kind: 'masks', masks });
  }
}

async function addInput(thread: SumThread, { member, root, open }: StoredInput): Promise<void> {
  const given: Promise<void>[] = [];
  const give = (order: SumOrder): void => {
    const taken = thread.take(order);
    // It is awaited below, but may be refused before.
    taken.catch(() => undefined);
    given.push(taken);
  };
  give({ kind: 'input', member, root });
  for await (const bytes of open()) {
    if (given.length === PIECES_AHEAD) await given.shift();
    give({ kind: 'piece', bytes });
  }
  give({ kind: 'end' });
  await Promise.all(given);
}

function sumOf(first: Uint32Array, others: readonly Uint32Array[], w: number): Uint32Array {
  const mask = 2 ** w - 1;
  for (const words of others) {
    for (let i = 0; i < first.length; i++) first[i] = ((first[i] ?? 0) + (words[i] ?? 0)) & mask;
  }
  return first;
}
