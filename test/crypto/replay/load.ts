/** Reads the vectors, and byte strings out of them. */
import { readFileSync } from 'node:fs';

import { fromHex, toHex } from '#crypto/bytes.ts';

export function load(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`../../vectors/${name}`, import.meta.url), 'utf8'));
}

/** Bytes of a vector's digits, which carry no 0x. */
export function bytes(digits: string): Uint8Array {
  return fromHex(`0x${digits}`);
}

export function digits(of: Uint8Array): string {
  return toHex(of).slice(2);
}

/** The item at a place that a vector is known to have. */
export function at<T>(list: readonly T[], index: number): T {
  const item = list[index];
  if (item === undefined) throw new Error(`the vector has nothing at ${index}`);
  return item;
}

/** One thing to replay, named for the report. */
export type Replay = Readonly<{ name: string; run(): void }>;
