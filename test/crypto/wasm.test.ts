/** WebAssembly and plain loops: the committed bytes are the source's, and both ways do the same. docs/protocol.md §2.3, §2.4 */
import { readFileSync } from 'node:fs';

import { expect } from 'chai';

import { utf8 } from '#crypto/bytes.ts';
import { wordAt } from '#crypto/packing.ts';
import { seededRng } from '#crypto/random.ts';
import { RingAccumulator } from '#crypto/ring.ts';
import { plainMemory, type SumMemory, sumMemory, wasmMemory, WINDOW_WORDS } from '#crypto/wasm/sum-memory.ts';
import { wasm } from '#crypto/wasm/webassembly.ts';
import { packedWords } from '#test/support/reference/words.ts';

import { assemble, codeFile } from '../../scripts/wat.ts';
import { digits } from './replay/load.ts';

const read = (name: string): string =>
  readFileSync(new URL(`../../crypto/wasm/${name}`, import.meta.url), 'utf8');

const rng = seededRng(utf8('wasm'));
const randomWords = (count: number): Uint32Array => new Uint32Array(rng.bytes(4 * count).buffer);

/** Counts around whole groups of eight, and the longest. */
const counts = [0, 1, 7, 8, 9, 16, 23, 40, WINDOW_WORDS - 3, WINDOW_WORDS];

const inWasm = (dimension: number): SumMemory => {
  const memory = wasmMemory(dimension);
  if (memory === undefined) throw new Error('this engine has no WebAssembly with SIMD');
  return memory;
};

describe('the WebAssembly of sums', () => {
  it('is what its source assembles to', () => {
    expect(codeFile(read('ring.wat'))).to.equal(read('ring-code.ts'));
  });

  it('is valid to the engine', () => {
    expect(wasm?.validate(assemble(read('ring.wat')))).to.equal(true);
  });

  for (const [what, text] of [
    ['two modules', '(module (import "a" "b" (memory 1))) (module)'],
    ['a function that is not exported', '(module (import "a" "b" (memory 1)) (func (param $x i32)))'],
    ['no memory', '(module (import "a" "b" (table 1)))'],
    ['an unknown instruction', '(module (import "a" "b" (memory 1)) (func (export "f") (i32.popcnt)))'],
    ['an unknown name', '(module (import "a" "b" (memory 1)) (func (export "f") (local.get $x)))'],
    ['an unknown type', '(module (import "a" "b" (memory 1)) (func (export "f") (param $x f32)))'],
    ['a constant of two bytes', '(module (import "a" "b" (memory 1)) (func (export "f") (i32.const 64)))'],
    ['a parenthesis too few', '(module'],
    ['a parenthesis too many', '(module))'],
  ] as const) {
    it(`has a source without ${what}`, () => expect(() => assemble(text)).to.throw(Error));
  }
});

describe('the memory of a sum', () => {
  it('is that of WebAssembly for a long vector, and a plain one for a short vector', () => {
    expect(sumMemory(WINDOW_WORDS).words.buffer.byteLength % 65_536).to.equal(0);
    expect(sumMemory(WINDOW_WORDS - 1).words.byteLength).to.equal(4 * (WINDOW_WORDS - 1));
    expect(sumMemory(WINDOW_WORDS - 1).words.buffer.byteLength).to.equal(4 * (WINDOW_WORDS - 1));
  });

  it('is not WebAssembly’s where that can not hold so many words', () => {
    expect(wasmMemory(2 ** 30)).to.equal(undefined);
  });

  for (const [name, memoryOf] of Object.entries({ wasm: inWasm, plain: plainMemory })) {
    it(`adds and subtracts what is in the window, and nothing else (${name})`, () => {
      const dimension = WINDOW_WORDS + 30;
      const [start, step] = [randomWords(dimension), randomWords(WINDOW_WORDS)];
      for (const count of counts) {
        for (const at of [0, 3, 30]) {
          const memory = memoryOf(dimension);
          memory.words.set(start);
          memory.window.set(new Uint8Array(step.buffer));
          memory.add(at, count);
          memory.add(at, count);
          const twice = start.map((word, c) => (c < at || c >= at + count ? word : word + 2 * step[c - at]!));
          expect(memory.words).to.deep.equal(twice);
          memory.subtract(at, count);
          memory.subtract(at, count);
          memory.subtract(at, count);
          const less = start.map((word, c) => (c < at || c >= at + count ? word : word - step[c - at]!));
          expect(memory.words).to.deep.equal(less);
        }
      }
    });

    it(`adds packed words of every size, and nothing else (${name})`, () => {
      const dimension = WINDOW_WORDS + 30;
      for (let w = 1; w <= 32; w++) {
        const memory = memoryOf(dimension);
        const start = randomWords(dimension);
        memory.words.set(start);
        // All bits are set somewhere, those behind the last word too.
        const packed = rng.bytes(4 * WINDOW_WORDS);
        memory.window.set(packed);
        const expected = start.slice();
        for (const [at, count] of [
          [0, 1],
          [5, 7],
          [8, 8],
          [29, 41],
          [30, w % 4 === 0 ? WINDOW_WORDS : 2_049],
        ] as const) {
          memory.addPacked(at, count, w);
          for (let i = 0; i < count; i++) expected[at + i] = expected[at + i]! + wordAt(packed, i, w);
        }
        expect(memory.words).to.deep.equal(expected);
      }
    });

    it(`packs words of every size (${name})`, () => {
      for (let w = 1; w <= 32; w++) {
        const memory = memoryOf(60);
        memory.window.fill(0xff);
        memory.words.set(randomWords(60).map((word) => (w === 32 ? word : word % 2 ** w)));
        for (const [at, count] of [
          [0, 8],
          [2, 57],
          [10, 3],
        ] as const) {
          memory.pack(at, count, w);
          const bytes = memory.window.subarray(0, Math.ceil((count * w) / 8));
          expect(digits(bytes)).to.equal(packedWords([...memory.words.subarray(at, at + count)], w));
        }
      }
    });

    it(`refuses to reach beyond its words and its window (${name})`, () => {
      const memory = memoryOf(2 * WINDOW_WORDS);
      for (const [at, count] of [
        [-1, 8],
        [0, -1],
        [0, WINDOW_WORDS + 8],
        [2 * WINDOW_WORDS - 7, 8],
      ] as const) {
        expect(() => memory.add(at, count)).to.throw(RangeError);
        expect(() => memory.subtract(at, count)).to.throw(RangeError);
        expect(() => memory.addPacked(at, count, 8)).to.throw(RangeError);
        expect(() => memory.pack(at, count, 8)).to.throw(RangeError);
      }
    });
  }
});

describe('a sum in either memory', () => {
  it('is the same sum, with more masks than run at a time and a tail that is no whole piece', () => {
    const dimension = 2 * WINDOW_WORDS + 13;
    const masks = Array.from({ length: 70 }, (_, i) => ({ key: rng.bytes(32), subtract: i % 3 === 0 }));
    const packed = rng.bytes(Math.ceil((dimension * 23) / 8)).fill(0, -1);
    const [fast, plain] = [inWasm(dimension), plainMemory(dimension)].map((memory) => {
      const sum = new RingAccumulator(dimension, 23, memory);
      sum.addWords(new Uint32Array(dimension).fill(2 ** 22 + 5));
      sum.applyMasks(masks);
      sum.addPacked(packed);
      return sum;
    });
    expect(fast!.words()).to.deep.equal(plain!.words());
    // What is asked for last is the sum itself, and the same.
    expect(fast!.lastWords()).to.deep.equal(fast!.words());
  });
});
