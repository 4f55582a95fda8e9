/** What passes between the threads of an unmasking. protocol.md §6.4 */
import type { AggregationParameters } from '#crypto/parameters.ts';
import type { Mask } from '#crypto/ring.ts';
import type { SignedInput } from './input-adder.ts';

/** What every thread is told at its start. */
export type Shape = Readonly<{
  parameters: AggregationParameters;
  /** The word size. */
  w: number;
}>;

/** Each is answered by one `Answer`, in order. */
export type Order = Readonly<
  | { kind: 'masks'; masks: readonly Mask[] }
  | ({ kind: 'input' } & SignedInput)
  | { kind: 'piece'; bytes: Uint8Array }
  | { kind: 'end' }
  | { kind: 'words' }
>;

export type Answer = Readonly<
  | { kind: 'done' }
  | { kind: 'words'; words: Uint32Array<ArrayBuffer> }
  | { kind: 'refused'; code: string; message: string }
>;
