/** Quantisation, packing and averaging, one coordinate and one bit at a time. docs/protocol.md §2 */
import { treeRoot } from './trees.ts';

export type ReferenceParameters = {
  bits: number;
  clip: number;
  range: number;
  dimension: number;
  maxWeight: number;
  chunkWords: number;
};

export function gridHalf(bits: number): number {
  let largest = 1;
  for (let i = 1; i < bits; i++) largest *= 2;
  return largest - 1;
}

/** w = bits + ⌈log₂ n⌉ */
export function wordSize(bits: number, n: number): number {
  let w = bits;
  for (let reach = 1; reach < n; reach *= 2) w++;
  return w;
}

export function clipped(update: number[], clip: number): number[] {
  let squares = 0;
  for (const x of update) squares += x * x;
  const length = Math.sqrt(squares);
  return length > clip ? update.map((x) => x * (clip / length)) : [...update];
}

export function gridWords(update: number[], weight: number, p: ReferenceParameters): number[] {
  const L = gridHalf(p.bits);
  return clipped(update, p.clip).map((coordinate) => {
    let x = coordinate * (weight / p.maxWeight);
    if (x > p.range) x = p.range;
    if (x < -p.range) x = -p.range;
    return Math.floor(x * (L / p.range) + L + 0.5);
  });
}

/** The little-endian bit stream, made bit by bit. */
export function packedWords(words: number[], w: number): string {
  const bits: number[] = [];
  for (const word of words) {
    for (let k = 0n; k < BigInt(w); k++) bits.push(Number((BigInt(word) >> k) & 1n));
  }
  let hex = '';
  for (let byte = 0; byte * 8 < bits.length; byte++) {
    let value = 0;
    for (let k = 0; k < 8; k++) value += (bits[byte * 8 + k] ?? 0) * 2 ** k;
    hex += value.toString(16).padStart(2, '0');
  }
  return hex;
}

/** The packed vector cut every chunkWords words. */
export function chunksOf(packed: string, p: ReferenceParameters, w: number): string[] {
  const digits = (p.chunkWords * w) / 4;
  const chunks: string[] = [];
  for (let at = 0; at < packed.length; at += digits) chunks.push(packed.slice(at, at + digits));
  return chunks;
}

export function rootOfInput(packed: string, p: ReferenceParameters, w: number): string {
  return treeRoot(chunksOf(packed, p, w));
}

export function averageOf(signed: number[], weightSum: number, p: ReferenceParameters): number[] {
  const L = gridHalf(p.bits);
  return signed.map((q) => {
    const value = q * (p.range / L);
    const weighted = value * p.maxWeight;
    return weighted / weightSum;
  });
}
