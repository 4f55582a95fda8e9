/** What bytes may stand for: themselves, and whatever hexadecimal and base64 text in them decodes to. protocol.md §1.1 */

export type Encoding = 'raw' | 'hex' | 'base64';
export type Reading = Readonly<{ encoding: Encoding; bytes: Uint8Array }>;

const BASE64_GROUP = 4;

/**
 * All readings of some bytes. Text is decoded from each place where a byte may begin, so that it does not matter what
 * stands before it: hexadecimal from two (either case), base64 from four (the standard alphabet and that of URLs).
 *
 * @param shortest bytes that a piece of text must decode to; shorter ones are left out
 */
export function* readings(bytes: Uint8Array, shortest: number): Generator<Reading, void, undefined> {
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
