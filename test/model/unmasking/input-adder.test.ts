/** An input added as its bytes come. docs/protocol.md §2.4, §6.4 */
import { expect } from 'chai';
import { utf8 } from '#crypto/bytes.ts';
import { inputRoot, pack } from '#crypto/packing.ts';
import { seededRng } from '#crypto/random.ts';
import { RingAccumulator } from '#crypto/ring.ts';
import { InputAdder } from '#model/unmasking/input-adder.ts';
import { codeOf } from '#test/crypto/refusal.ts';

const w = 11;
const p = { bits: 8, clip: 1, range: 1, dimension: 37, maxWeight: 1, chunkWords: 8 };
const rng = seededRng(utf8('input-adder'));
const words = new Uint32Array(rng.bytes(4 * p.dimension).buffer).map((word) => word % 2 ** w);
const packed = pack(words, w);
const root = inputRoot(packed, p, w);

/** Adds these pieces as one input. @returns the sum */
function added(pieces: readonly Uint8Array[], signedRoot = root): Uint32Array {
  const sum = new RingAccumulator(p.dimension, w);
  const adder = new InputAdder(sum, p, w);
  adder.begin({ member: 3, root: signedRoot });
  for (const piece of pieces) adder.push(piece);
  adder.end();
  return sum.words();
}

const cut = (bytes: Uint8Array, length: number): Uint8Array[] =>
  Array.from({ length: Math.ceil(bytes.length / length) }, (_, i) =>
    bytes.subarray(i * length, (i + 1) * length),
  );

describe('an input that comes in pieces', () => {
  it('is added whatever their length', () => {
    // A chunk is 11 bytes, the input 51.
    for (let length = 1; length <= 52; length++) expect(added(cut(packed, length))).to.deep.equal(words);
    expect(added([packed.subarray(0, 11), new Uint8Array(0), packed.subarray(11)])).to.deep.equal(words);
  });

  it('is added to others', () => {
    const sum = new RingAccumulator(p.dimension, w);
    const adder = new InputAdder(sum, p, w);
    for (const member of [1, 2, 3]) {
      adder.begin({ member, root });
      for (const piece of cut(packed, 13 + member)) adder.push(piece);
      adder.end();
    }
    expect(sum.words()).to.deep.equal(words.map((word) => (3 * word) % 2 ** w));
  });

  it('may come in memory that is used again', () => {
    const memory = new Uint8Array(20);
    const sum = new RingAccumulator(p.dimension, w);
    const adder = new InputAdder(sum, p, w);
    adder.begin({ member: 3, root });
    for (const piece of cut(packed, 20)) {
      memory.set(piece);
      adder.push(memory.subarray(0, piece.length));
      memory.fill(0xee);
    }
    adder.end();
    expect(sum.words()).to.deep.equal(words);
  });

  it('is refused with a byte too many, as soon as it is there, or too few', () => {
    const longer = new Uint8Array([...packed, 0]);
    expect(codeOf(() => added([longer]))).to.equal('vector/length');
    const adder = new InputAdder(new RingAccumulator(p.dimension, w), p, w);
    adder.begin({ member: 3, root });
    for (const piece of cut(packed, 17)) adder.push(piece);
    expect(codeOf(() => adder.push(Uint8Array.of(0)))).to.equal('vector/length');
    expect(codeOf(() => added([packed.subarray(0, 50)]))).to.equal('vector/length');
    expect(codeOf(() => added([]))).to.equal('vector/length');
  });

  it('is refused with any byte changed', () => {
    for (const place of packed.keys()) {
      const changed = packed.map((byte, i) => (i === place ? byte ^ 1 : byte));
      expect(codeOf(() => added([changed]))).to.equal('evidence/other-input');
    }
  });

  it('is refused where bits that belong to no word are set, even if they were signed', () => {
    const loose = packed.map((byte, i) => (i === 50 ? byte | 0x80 : byte));
    expect(codeOf(() => added([loose], inputRoot(loose, p, w)))).to.equal('vector/padding');
  });
});
