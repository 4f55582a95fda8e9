/**
 * What bytes may stand for: themselves, whatever hexadecimal and base64 text in them decodes to, and both of what is
 * gzipped in them. protocol.md §1.1, §4.1
 */
import { constants, inflateRawSync } from 'node:zlib';

type Plain = 'raw' | 'hex' | 'base64';
export type Encoding = Plain | `gzip, ${Plain}`;
export type Reading = Readonly<{ encoding: Encoding; bytes: Uint8Array }>;

const BASE64_GROUP = 4;
/** RFC 1952 §2.3: what a member begins with that is deflated and has no optional fields; ten bytes, then the data. */
const GZIP_MAGIC = Buffer.from([0x1f, 0x8b, 8, 0]);
const GZIP_HEADER = 10;
/** More than any body is. */
const LARGEST_BODY = 64 * 1024 * 1024;

/**
 * All readings of some bytes. Text is decoded from each place where a byte may begin, so that it does not matter what
 * stands before it: hexadecimal from two (either case), base64 from four (the standard alphabet and that of URLs).
 *
 * @param shortest bytes that a piece of text must decode to; shorter ones are left out
 */
export function* readings(bytes: Uint8Array, shortest: number): Generator<Reading, void, undefined> {
  yield* plainReadings(bytes, shortest);
  for (const inflated of gunzipped(bytes)) {
    for (const { encoding, bytes: read } of plainReadings(inflated, shortest)) {
      yield { encoding: `gzip, ${encoding}`, bytes: read };
    }
  }
}

/** What is gzipped in some bytes, wherever it begins; of one that is cut off, what can be read. */
export function* gunzipped(bytes: Uint8Array): Generator<Uint8Array, void, undefined> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = buffer.indexOf(GZIP_MAGIC); at >= 0; at = buffer.indexOf(GZIP_MAGIC, at + 1)) {
    const inflated = inflatedFrom(buffer.subarray(at + GZIP_HEADER));
    if (inflated) yield inflated;
  }
}

function inflatedFrom(bytes: Uint8Array): Uint8Array | null {
  try {
    // Unlike gunzip it does not mind what follows.
    return inflateRawSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: LARGEST_BODY });
  } catch {
    // Four bytes may look like a beginning by chance.
    return null;
  }
}

function* plainReadings(
  bytes: Uint8Array,
  shortest: number,
): Generator<Reading & { encoding: Plain }, void, undefined> {
  yield { encoding: 'raw', bytes };
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  for (const [run] of text.matchAll(new RegExp(`[0-9a-fA-F]{${2 * shortest},}`, 'g'))) {
    for (const start of [0, 1]) {
      const even = run.slice(start, run.length - ((run.length - start) % 2));
      yield { encoding: 'hex', bytes: Buffer.from(even, 'hex') };
    }
  }
  const letters = Math.ceil((shortest * 8) / 6);
  for (const [run] of text.matchAll(new RegExp(`[A-Za-z0-9+/_-]{${letters},}`, 'g'))) {
    for (let start = 0; start < BASE64_GROUP; start++) {
      yield { encoding: 'base64', bytes: Buffer.from(run.slice(start), 'base64') };
    }
  }
}
