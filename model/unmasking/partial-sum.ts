/** One thread's part of a sum: whole inputs and whole masks, whichever it was given. protocol.md §6.4 */
import { RingAccumulator } from '#crypto/ring.ts';
import { InputAdder } from './input-adder.ts';
import type { Shape, SumOrder } from './messages.ts';
import { SealedInputs } from './sealed-inputs.ts';

export class PartialSum {
  readonly #sum: RingAccumulator;
  readonly #inputs: InputAdder;
  readonly #files: SealedInputs;

  constructor({ parameters, w }: Shape) {
    this.#sum = new RingAccumulator(parameters.dimension, w);
    this.#inputs = new InputAdder(this.#sum, parameters, w);
    this.#files = new SealedInputs(this.#sum, parameters, w);
  }

  /** @throws TributaryError as `InputAdder` and `SealedInputs` */
  take(order: SumOrder): void {
    switch (order.kind) {
      case 'masks':
        this.#sum.applyMasks(order.masks);
        return;
      case 'files':
        for (const input of order.inputs) this.#files.add(input);
        return;
      case 'input':
        this.#inputs.begin(order);
        return;
      case 'piece':
        this.#inputs.push(order.bytes);
        return;
      case 'end':
        this.#inputs.end();
        return;
      default:
        order satisfies never;
    }
  }

  words(): Uint32Array {
    return this.#sum.words();
  }
}
