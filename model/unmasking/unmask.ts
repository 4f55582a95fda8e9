/** A sum of masked inputs with the masks taken off, by as many threads as pay. protocol.md §6.4 */
import type { Mask } from '#crypto/ring.ts';
import type { SignedInput } from './input-adder.ts';
import type { Shape } from './messages.ts';
import { openThreads, PIECES_AHEAD, type SumThread, workersFor } from './threads.ts';

/**
 * An input by its signed root, and how to read it, from the start, in pieces of any length. A piece's memory may be used
 * again when the next one is asked for.
 */
export type StoredInput = SignedInput & Readonly<{ open: () => AsyncIterable<Uint8Array> }>;

export type Unmasking = Readonly<{
  shape: Shape;
  inputs: readonly StoredInput[];
  /** How many masks there are. */
  maskCount: number;
  /** They are derived as they are needed, once. */
  masks: Iterator<Mask, void>;
}>;

/** Words of a batch of masks: some milliseconds of work. */
const BATCH_WORDS = 2 ** 22;

/**
 * Σ inputs with the masks removed, modulo 2^w: the same words however many threads there are. At any time there are
 * `PIECES_AHEAD` pieces of an input a thread in memory, beside what reads them.
 *
 * @param workers for tests; 0 is this thread alone
 * @param workerFile for tests: what they run
 * @throws TributaryError as `InputAdder`, and those of the inputs and of the masks
 */
export async function unmaskedSum(
  { shape, inputs, maskCount, masks }: Unmasking,
  workers = workersFor((inputs.length + maskCount) * shape.parameters.dimension, shape.parameters.dimension),
  workerFile?: URL,
): Promise<Uint32Array> {
  const threads = await openThreads(shape, workers, workerFile);
  try {
    const work = new Work(inputs, masks, shape.parameters.dimension);
    await Promise.all(threads.map((thread) => work.doWith(thread)));
    const [first, ...others] = await Promise.all(threads.map((thread) => thread.words()));
    return sumOf(first ?? new Uint32Array(0), others, shape.w);
  } finally {
    await Promise.all(threads.map((thread) => thread.close()));
  }
}

/** What is to be done yet. One thread at a time takes inputs, while others have masks: reading is slower than adding. */
class Work {
  readonly #inputs: Iterator<StoredInput>;
  readonly #masks: Iterator<Mask, void>;
  readonly #batch: number;
  #inputsLeft = true;
  #masksLeft = true;
  #readers = 0;

  constructor(inputs: readonly StoredInput[], masks: Iterator<Mask, void>, dimension: number) {
    this.#inputs = inputs[Symbol.iterator]();
    this.#masks = masks;
    this.#batch = Math.max(1, Math.floor(BATCH_WORDS / dimension));
  }

  async doWith(thread: SumThread): Promise<void> {
    try {
      while (this.#inputsLeft || this.#masksLeft) {
        if (this.#inputsLeft && (this.#readers === 0 || !this.#masksLeft)) await this.#addInput(thread);
        else await this.#removeMasks(thread);
      }
    } catch (error) {
      // The others need not go on.
      this.#inputsLeft = this.#masksLeft = false;
      throw error;
    }
  }

  async #addInput(thread: SumThread): Promise<void> {
    const next = this.#inputs.next();
    if (next.done === true) {
      this.#inputsLeft = false;
      return;
    }
    const { member, root, open } = next.value;
    this.#readers += 1;
    const given: Promise<void>[] = [];
    const give = (order: Parameters<SumThread['take']>[0]): void => {
      const taken = thread.take(order);
      // It is awaited below, but may be refused before.
      taken.catch(() => undefined);
      given.push(taken);
    };
    try {
      give({ kind: 'input', member, root });
      for await (const bytes of open()) {
        if (given.length === PIECES_AHEAD) await given.shift();
        give({ kind: 'piece', bytes });
      }
      give({ kind: 'end' });
      await Promise.all(given);
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

function sumOf(first: Uint32Array, others: readonly Uint32Array[], w: number): Uint32Array {
  const mask = 2 ** w - 1;
  for (const words of others) {
    for (let i = 0; i < first.length; i++) first[i] = ((first[i] ?? 0) + (words[i] ?? 0)) & mask;
  }
  return first;
}
