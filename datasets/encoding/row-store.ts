/** Encoded rows: in memory up to a limit, in a scratch file beyond it. protocol.md §6.5 */
import type { RowSource } from '../row-source.ts';
import { scratchFile, type ScratchFile } from './scratch-file.ts';

export type RowStoreOptions = Readonly<{
  /** Numbers a row, without its label. */
  width: number;
  /** Bytes of rows in memory; more go to a file. */
  memoryLimit: number;
  /** Where the file is made: a folder of its owner's alone. */
  folder: string;
}>;

/** Rows that are read until they are closed, which frees memory and file. */
export type HeldRows = RowSource & Readonly<{ close(): void }>;

export type RowStore = Readonly<{
  /** @param record a row's numbers, then its label; copied @throws TributaryError `data/scratch` */
  add(record: Float32Array): void;
  /** Nothing is added after it. @throws TributaryError `data/scratch` */
  rows(): HeldRows;
  close(): void;
}>;

const blockBytes = 1024 * 1024;

export function rowStore({ width, memoryLimit, folder }: RowStoreOptions): RowStore {
  const record = width + 1;
  const perBlock = Math.max(1, Math.floor(blockBytes / (4 * record)));
  let blocks: Float32Array[] = [];
  let file: ScratchFile | undefined;
  let block = new Float32Array(perBlock * record);
  let rows = 0;
  let live = true;

  const keep = (full: Float32Array) => {
    if (file) return file.append(full);
    blocks.push(full);
    if (blocks.length * blockBytes <= memoryLimit) return;
    file = scratchFile(folder);
    for (const earlier of blocks) file.append(earlier);
    blocks = [];
  };
  const copyRun = (from: number, count: number, into: Float32Array) => {
    if (file) return file.read(from * record, into.subarray(0, count * record));
    for (let at = 0; at < count; at += 1) {
      const place = (from + at) % perBlock;
      const held = blocks[(from + at - place) / perBlock];
      if (held) into.set(held.subarray(place * record, (place + 1) * record), at * record);
    }
  };
  const close = () => {
    live = false;
    blocks = [];
    file?.close();
    file = undefined;
  };
  return {
    add(row) {
      block.set(row, (rows % perBlock) * record);
      rows += 1;
      if (rows % perBlock !== 0) return;
      keep(block);
      block = new Float32Array(perBlock * record);
    },
    rows() {
      if (rows % perBlock !== 0) keep(block.slice(0, (rows % perBlock) * record));
      block = new Float32Array();
      return {
        rows,
        width,
        read(chosen) {
          if (!live) throw new RangeError('these rows were closed');
          return readChosen(chosen, { rows, width, perBlock }, copyRun);
        },
        close,
      };
    },
    close,
  };
}

type Shape = Readonly<{ rows: number; width: number; perBlock: number }>;

/** Rows that follow one another are read at once, up to a block. */
function readChosen(
  chosen: Uint32Array,
  { rows, width, perBlock }: Shape,
  copyRun: (from: number, count: number, into: Float32Array) => void,
) {
  const features = new Float32Array(chosen.length * width);
  const labels = new Float32Array(chosen.length);
  const record = width + 1;
  let buffer = new Float32Array(record);
  for (let at = 0; at < chosen.length;) {
    const from = chosen[at] ?? 0;
    let count = 1;
    while (count < perBlock && chosen[at + count] === from + count) count += 1;
    if (from + count > rows) throw new RangeError(`there is no row ${from + count - 1} among ${rows}`);
    if (buffer.length < count * record) buffer = new Float32Array(count * record);
    copyRun(from, count, buffer);
    for (let row = 0; row < count; row += 1) {
      features.set(buffer.subarray(row * record, row * record + width), (at + row) * width);
      labels[at + row] = buffer[row * record + width] ?? Number.NaN;
    }
    at += count;
  }
  return { features, labels };
}
