/** One thread's part of a sum: whole inputs and whole masks, whichever it was given. protocol.md §6.4 */
import { RingAccumulator } from '#crypto/ring.ts';
import { InputAdder } from './input-adder.ts';
import type { Order, Shape } from './messages.ts';

export class PartialSum {
  readonly #sum: RingAccumulator;
  readonly #inputs: InputAdder;

  constructor({ parameters, w }: Shape) {
    this.#sum = new RingAccumulator(parameters.dimension, w);
    this.#inputs = new InputAdder(this.#sum, parameters, w);
  }

  /** @throws TributaryError as `InputAdder` */
  take(order: Exclude<Order, { kind: 'words' }>): void {
    switch (order.kind) {
      case 'masks':
        this.#sum.applyMasks(order.masks);
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
