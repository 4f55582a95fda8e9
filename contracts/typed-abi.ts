/** The types that generated bindings carry, and events with their place on the chain. */
import type { Bytes32 } from '#protocol/units.ts';

/** An ABI that carries the types of its calls, transactions, events and constructor. See contracts/bindings. */
export type TypedAbi<Reads, Writes, Events, Constructor> = Readonly<{
  name: string;
  /** Human-readable fragments, complete. */
  abi: readonly string[];
  /** Never there: only holds the types. */
  types?: { reads: Reads; writes: Writes; events: Events; constructor: Constructor };
}>;

/** A log as a provider or a receipt gives it. */
export type RawLog = Readonly<{
  address: string;
  topics: readonly string[];
  data: string;
  blockNumber: number;
  transactionHash: string;
  index: number;
}>;

/** An event with its place on the chain. */
export type Placed<T> = Readonly<{ args: T; block: number; transaction: Bytes32; logIndex: number }>;
