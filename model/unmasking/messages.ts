/** What passes between the threads of an unmasking. protocol.md §6.4 */
import type { AggregationParameters } from '#crypto/parameters.ts';
import type { Mask } from '#crypto/ring.ts';
import type { SignedInput } from './input-adder.ts';
import type { SealedInput } from './sealed-inputs.ts';

/** What every thread is told before anything else of a sum. */
export type Shape = Readonly<{
  parameters: AggregationParameters;
  /** The word size. */
  w: number;
}>;

/** What adds to a sum. */
export type SumOrder = Readonly<
  | { kind: 'masks'; masks: readonly Mask[] }
  | { kind: 'files'; inputs: readonly SealedInput[] }
  | ({ kind: 'input' } & SignedInput)
  | { kind: 'piece'; bytes: Uint8Array }
  | { kind: 'end' }
>;

/** Each is answered by one `Answer`, in order. A sum begins with `begin`, and is gone after `words`. */
export type Order = SumOrder | Readonly<{ kind: 'begin'; shape: Shape } | { kind: 'words' }>;

export type Answer = Readonly<
  | { kind: 'done' }
  | { kind: 'words'; words: Uint32Array<ArrayBuffer> }
  | { kind: 'refused'; code: string; message: string }
>;
