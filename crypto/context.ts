/** What every key, digest and signature of one attempt is bound to. protocol.md §1.2 */
import { concat, lp, u256, u32, utf8 } from './bytes.ts';
import { TributaryError } from './error.ts';

/** One attempt at one round of one job of one escrow on one chain. */
export type Context = Readonly<{
  chainId: bigint;
  /** The escrow contract's address, 20 bytes. */
  escrow: Uint8Array;
  job: bigint;
  /** From 1. */
  round: number;
  /** From 1. */
  attempt: number;
}>;

const VERSION = lp(utf8('tributary/v1'));

/**
 * The context as bytes (108 of them), each field at its fixed place.
 * @throws TributaryError `context/escrow` unless the address has 20 bytes, `context/counter` unless round
 *   and attempt count from 1, `bytes/out-of-range` for a number too large for its field
 */
export function encodeContext(context: Context): Uint8Array {
  const { chainId, escrow, job, round, attempt } = context;
  if (escrow.length !== 20) throw new TributaryError('context/escrow', 'an escrow address has 20 bytes');
  if (round < 1 || attempt < 1) {
    throw new TributaryError('context/counter', 'rounds and attempts are counted from 1');
  }
  return concat(VERSION, u256(chainId), escrow, u256(job), u32(round), u32(attempt));
}
