/**
 * Looks for secrets in what was recorded: every window of 16 bytes, at each 8th byte of a secret, is a needle, so that 23
 * bytes of it in a row are enough. All needles are sought in one pass: Karp and Rabin 1987, hashes modulo 2^32.
 */
import { readings, type Encoding } from './encodings.ts';

export type Secret = Readonly<{
  owner: string;
  /** What it is and how it is laid out, as in "update, float32 LE". */
  form: string;
  bytes: Uint8Array;
}>;

/** Bytes that one side sent, in order. */
export type Recording = Readonly<{ channel: string; bytes: Uint8Array }>;

export type Finding = Readonly<{ owner: string; form: string; channel: string; encoding: Encoding }>;

type Needle = Readonly<{ secret: Secret; start: number }>;

export const WINDOW = 16;
const STRIDE = 8;
/** Windows of fewer different bytes, such as zeros, stand anywhere. */
const DIFFERENT_BYTES = 6;

const BASE = 0x0100_0193;
const LEAVING = Array.from({ length: WINDOW }).reduce<number>((power) => Math.imul(power, BASE), 1);
/** Most places are ruled out by the top bits of their hash. */
const FILTER_BITS = 22;
const filterOf = (hash: number): number => hash >>> (32 - FILTER_BITS);

export class Detector {
  readonly #needles = new Map<number, Needle[]>();
  readonly #filter = new Uint8Array(2 ** FILTER_BITS);
  readonly #sought = new Map<Secret, number>();

  constructor(secrets: Iterable<Secret>) {
    for (const secret of secrets) this.#sought.set(secret, this.#add(secret));
  }

  /** How many windows of a secret are sought: none where it is too short, or the same byte all over. */
  windowsOf(secret: Secret): number {
    return this.#sought.get(secret) ?? 0;
  }

  /** Each kind of leak once, in the order in which they were found. */
  search(recordings: Iterable<Recording>): Finding[] {
    const found = new Map<string, Finding>();
    for (const { channel, bytes } of recordings) {
      for (const reading of readings(bytes, WINDOW)) {
        for (const { owner, form } of this.#secretsIn(reading.bytes)) {
          const finding = { owner, form, channel, encoding: reading.encoding };
          found.set(Object.values(finding).join('\n'), finding);
        }
      }
    }
    return [...found.values()];
  }

  #add(secret: Secret): number {
    let windows = 0;
    for (let start = 0; start + WINDOW <= secret.bytes.length; start += STRIDE) {
      const window = secret.bytes.subarray(start, start + WINDOW);
      if (new Set(window).size < DIFFERENT_BYTES) continue;
      const hash = window.reduce((sum, byte) => (Math.imul(sum, BASE) + byte) | 0, 0);
      const needles = this.#needles.get(hash) ?? [];
      needles.push({ secret, start });
      this.#needles.set(hash, needles);
      this.#filter[filterOf(hash)] = 1;
      windows += 1;
    }
    return windows;
  }

  #secretsIn(bytes: Uint8Array): Set<Secret> {
    const secrets = new Set<Secret>();
    let hash = 0;
    for (let end = 0; end < bytes.length; end++) {
      hash = (Math.imul(hash, BASE) + (bytes[end] ?? 0)) | 0;
      if (end >= WINDOW) hash = (hash - Math.imul(LEAVING, bytes[end - WINDOW] ?? 0)) | 0;
      if (this.#filter[filterOf(hash)] === 0 || end < WINDOW - 1) continue;
      const place = end - WINDOW + 1;
      for (const { secret, start } of this.#needles.get(hash) ?? []) {
        if (isWindow(bytes, place, secret.bytes, start)) secrets.add(secret);
      }
    }
    return secrets;
  }
}

function isWindow(bytes: Uint8Array, place: number, secret: Uint8Array, start: number): boolean {
  for (let i = 0; i < WINDOW; i++) if (bytes[place + i] !== secret[start + i]) return false;
  return true;
}
