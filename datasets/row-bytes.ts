/** A row as the bytes that a commitment covers: one reading a schema. protocol.md §6.1 */
import type { Column, Columns } from './columns.ts';
import type { Row } from './read-rows.ts';
import type { Cell } from './reading/cells.ts';

const encoder = new TextEncoder();
/** The quiet NaN stands for a missing number: no number of a row is one. */
const missingNumber = 0x7ff8_0000_0000_0000n;
/** Neither a place in a vocabulary, nor the length of a text. */
const missingWord = 0xffff_ffff;

/** Its cells in the schema's order, then its label. */
export function rowBytes({ columns, label }: Columns, row: Row): Uint8Array {
  const texts = row.cells.map((cell) => (typeof cell === 'string' ? encoder.encode(cell) : null));
  const width = columns.reduce(
    (sum, column, at) => sum + (column.type === 'number' ? 8 : 4 + (texts[at]?.length ?? 0)),
    0,
  );
  const bytes = new Uint8Array(width + (label.type === 'class' ? 4 : 8));
  const view = new DataView(bytes.buffer);
  let offset = 0;
  columns.forEach((column, at) => {
    const text = texts[at];
    offset = writeCell(view, offset, column, row.cells[at] ?? null, text?.length);
    if (!text) return;
    bytes.set(text, offset);
    offset += text.length;
  });
  if (label.type === 'class') view.setUint32(offset, row.label);
  else view.setFloat64(offset, row.label);
  return bytes;
}

/** All of a cell but a text's own bytes. @returns the offset after it */
function writeCell(view: DataView, offset: number, { type }: Column, cell: Cell, length?: number): number {
  if (type === 'number') {
    if (typeof cell === 'number') view.setFloat64(offset, cell);
    else view.setBigUint64(offset, missingNumber);
    return offset + 8;
  }
  view.setUint32(offset, length ?? (typeof cell === 'number' ? cell : missingWord));
  return offset + 4;
}
