/**
 * Sums, packing and unpacking of words by plain loops: what ring.wat does, for engines without it and for vectors too
 * short for it. protocol.md §2.3, §2.4
 *
 * The words are 32 bits without a sign; the loops read them as signed ones, which engines keep in registers.
 */

/** sum[at + i] += words[i] modulo 2^32, for i < count. */
export function addWords(sum: Uint32Array, at: number, words: Uint32Array, count: number): void {
  const [to, from] = [signed(sum), signed(words)];
  for (let i = 0; i < count; i++) to[at + i] = ((to[at + i] ?? 0) + (from[i] ?? 0)) | 0;
}

/** sum[at + i] −= words[i] modulo 2^32, for i < count. */
export function subtractWords(sum: Uint32Array, at: number, words: Uint32Array, count: number): void {
  const [to, from] = [signed(sum), signed(words)];
  for (let i = 0; i < count; i++) to[at + i] = ((to[at + i] ?? 0) - (from[i] ?? 0)) | 0;
}

/** sum[at + i] += word i of a packed vector, for i < count; what follows those words is not looked at. */
export function addPackedWords(
  sum: Uint32Array,
  at: number,
  packed: Uint8Array,
  count: number,
  w: number,
): void {
  const stream = new Int32Array(Math.ceil((count * w) / 32));
  new Uint8Array(stream.buffer).set(packed.subarray(0, stream.byteLength));
  const to = signed(sum);
  const mask = (2 ** w - 1) | 0;
  let pending = 0;
  let held = 0;
  let next = 0;
  for (let i = at; i < at + count; i++) {
    let word = pending;
    if (held >= w) {
      pending >>>= w;
      held -= w;
    } else {
      const more = stream[next++] ?? 0;
      word |= more << held;
      const taken = w - held;
      pending = taken === 32 ? 0 : more >>> taken;
      held = 32 - taken;
    }
    to[i] = ((to[i] ?? 0) + (word & mask)) | 0;
  }
}

/** Packs words[at] … words[at + count − 1], below 2^w each, into the target's first ⌈count · w / 8⌉ bytes. */
export function packWords(
  target: Uint8Array,
  words: Uint32Array,
  at: number,
  count: number,
  w: number,
): void {
  const packed = new Int32Array(Math.ceil((count * w) / 32));
  let pending = 0;
  let held = 0;
  let next = 0;
  for (let i = at; i < at + count; i++) {
    const word = words[i] ?? 0;
    pending |= word << held;
    held += w;
    if (held < 32) continue;
    packed[next++] = pending;
    held -= 32;
    // Of this word, w − held bits are written. JavaScript shifts by the count modulo 32.
    pending = held === 0 ? 0 : word >>> (w - held);
  }
  if (held > 0) packed[next] = pending;
  target.set(new Uint8Array(packed.buffer, 0, Math.ceil((count * w) / 8)));
}

function signed(words: Uint32Array): Int32Array {
  return new Int32Array(words.buffer, words.byteOffset, words.length);
}
