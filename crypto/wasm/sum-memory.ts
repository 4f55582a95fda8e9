/**
 * The memory of a sum of words, and what a round spends its time on there: by WebAssembly with 128-bit SIMD
 * (ring.wat), or by plain loops where that is missing. Both do the same to the bit. protocol.md §2.3, §2.4
 */
import { fromHex } from '../bytes.ts';
import { addPackedWords, addWords, packWords, subtractWords } from './plain-words.ts';
import { ringCode } from './ring-code.ts';
import { type WasmMemory, wasm } from './webassembly.ts';

/** Words of the window: 64 KiB, as much keystream as the cipher is best asked for at once. */
export const WINDOW_WORDS = 16_384;

/**
 * Words of a sum, and the window through which others come to them. Arithmetic is modulo 2^32; `at + count` is at
 * most `words.length`, `count` at most `WINDOW_WORDS`; w is 1 … 32.
 */
export type SumMemory = Readonly<{
  words: Uint32Array;
  /** To be filled before each addition: 4 · `WINDOW_WORDS` bytes, little-endian words, or packed ones. */
  window: Uint8Array;
  /** words[at + i] += the window's word i, for i < count. */
  add(at: number, count: number): void;
  /** The same with −=. */
  subtract(at: number, count: number): void;
  /** words[at + i] += the window's packed word i of w bits, for i < count. */
  addPacked(at: number, count: number, w: number): void;
  /** Packs `count` words, below 2^w each, into the window's first ⌈count · w / 8⌉ bytes. */
  pack(at: number, count: number, w: number): void;
}>;

/** Memory for `dimension` words, all zero: WebAssembly's where it pays and is there. */
export function sumMemory(dimension: number): SumMemory {
  return (dimension >= WINDOW_WORDS ? wasmMemory(dimension) : undefined) ?? plainMemory(dimension);
}

const WORD = 4;
const GROUP = 8;
const PAGE = 65_536;
const MOST_PAGES = 65_536;

/** Where things are: the table of `addPacked`, the window with room to read and write beyond it, the words. */
const TABLE = 0;
const WINDOW = 64;
const WORDS = WINDOW + WORD * WINDOW_WORDS + 64;

const compiled = compile();

/** WebAssembly's, or undefined where the engine lacks SIMD or gives no memory. */
export function wasmMemory(dimension: number): SumMemory | undefined {
  const pages = Math.ceil((WORDS + dimension * WORD) / PAGE);
  if (wasm === undefined || compiled === undefined || pages > MOST_PAGES) return undefined;
  const memory = memoryOf(wasm, pages);
  if (memory === undefined) return undefined;
  const { buffer } = memory;
  const ring = new wasm.Instance(compiled, { ring: { memory } }).exports;
  const words = new Uint32Array(buffer, WORDS, dimension);
  const window = new Uint8Array(buffer, WINDOW, WORD * WINDOW_WORDS);
  const windowWords = new Uint32Array(buffer, WINDOW, WINDOW_WORDS);
  const place = (at: number): number => WORDS + WORD * at;
  let tableOf = 0;
  return {
    words,
    window,
    add(at, count) {
      const whole = wholeGroups(at, count, words);
      if (whole > 0) ring.add(place(at), WINDOW, WORD * whole);
      addWords(words, at + whole, windowWords.subarray(whole), count - whole);
    },
    subtract(at, count) {
      const whole = wholeGroups(at, count, words);
      if (whole > 0) ring.subtract(place(at), WINDOW, WORD * whole);
      subtractWords(words, at + whole, windowWords.subarray(whole), count - whole);
    },
    addPacked(at, count, w) {
      const whole = wholeGroups(at, count, words);
      const bytes = (whole / GROUP) * w;
      if (whole > 0 && isNarrow(w)) {
        if (tableOf !== w) new Uint8Array(buffer, TABLE, WINDOW).set(tableFor(w));
        tableOf = w;
        ring.addPacked(place(at), WINDOW, WINDOW + bytes, w, TABLE);
      } else if (whole > 0) {
        ring.addPackedWide(place(at), WINDOW, place(at + whole), w);
      }
      addPackedWords(words, at + whole, window.subarray(bytes), count - whole, w);
    },
    pack(at, count, w) {
      const whole = wholeGroups(at, count, words);
      if (whole > 0) ring.pack(WINDOW, place(at), place(at + whole), w);
      packWords(window.subarray((whole / GROUP) * w), words, at + whole, count - whole, w);
    },
  };
}

/** By plain loops, in memory of their own. */
export function plainMemory(dimension: number): SumMemory {
  const words = new Uint32Array(dimension);
  const window = new Uint8Array(WORD * WINDOW_WORDS);
  const windowWords = new Uint32Array(window.buffer);
  const checked = (run: (at: number, count: number, w: number) => void) => {
    return (at: number, count: number, w = 0) => {
      refuseOutside(at, count, words);
      run(at, count, w);
    };
  };
  return {
    words,
    window,
    add: checked((at, count) => addWords(words, at, windowWords, count)),
    subtract: checked((at, count) => subtractWords(words, at, windowWords, count)),
    addPacked: checked((at, count, w) => addPackedWords(words, at, window, count, w)),
    pack: checked((at, count, w) => packWords(window, words, at, count, w)),
  };
}

/** Whether four bytes hold each of eight packed words, wherever in a byte it begins. */
function isNarrow(w: number): boolean {
  return Array.from({ length: GROUP }, (_, i) => ((i * w) % 8) + w).every((bits) => bits <= 32);
}

/** What `addPacked` of ring.wat is told for a word size: see there. */
function tableFor(w: number): Uint8Array {
  const table = new Uint8Array(WINDOW);
  const factors = new DataView(table.buffer, WORD * GROUP);
  for (let word = 0; word < GROUP; word++) {
    const from = word < GROUP / 2 ? 0 : 8 * Math.floor(w / 2);
    const bit = word * w - from;
    for (let byte = 0; byte < WORD; byte++) table[WORD * word + byte] = Math.floor(bit / 8) + byte;
    factors.setUint32(WORD * word, 2 ** (32 - w - (bit % 8)), true);
  }
  return table;
}

/** How many of `count` words are in whole groups of eight. */
function wholeGroups(at: number, count: number, words: Uint32Array): number {
  refuseOutside(at, count, words);
  return count - (count % GROUP);
}

/** A bug of the caller's: WebAssembly would write over what lies behind. */
function refuseOutside(at: number, count: number, words: Uint32Array): void {
  if (at < 0 || count < 0 || count > WINDOW_WORDS || at + count > words.length) {
    throw new RangeError(`${count} words at ${at} are outside a sum of ${words.length}, or of the window`);
  }
}

function compile() {
  const bytes = fromHex(ringCode);
  return wasm?.validate(bytes) === true ? new wasm.Module(bytes) : undefined;
}

/** Undefined where the address space is used up or limited. */
function memoryOf(api: NonNullable<typeof wasm>, pages: number): WasmMemory | undefined {
  try {
    return new api.Memory({ initial: pages, maximum: pages });
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
