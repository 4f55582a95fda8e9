/** Changes of a text at byte offsets, applied together. */
import type { Range, SourceFile } from './tree.ts';

/** What stands in a range, replaced; an empty range inserts. Ranges do not overlap. */
export type Edit = Range & Readonly<{ text: string }>;

/** Edits at one place are kept in the order in which they were given. */
export function applyEdits({ bytes }: Pick<SourceFile, 'bytes'>, edits: readonly Edit[]): string {
  const parts: Buffer[] = [];
  let from = 0;
  for (const { start, end, text } of [...edits].sort((a, b) => a.start - b.start)) {
    if (start < from) throw new Error(`edits overlap at byte ${start}`);
    parts.push(bytes.subarray(from, start), Buffer.from(text));
    from = end;
  }
  return Buffer.concat([...parts, bytes.subarray(from)]).toString('utf8');
}
