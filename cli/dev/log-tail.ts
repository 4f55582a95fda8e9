/** What is added to a log file from now on. */
import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';

type Place = Readonly<{ inode: number; position: number }>;

/** Each call gives the lines that were added since, also where the file was put aside meanwhile for a new one. */
export function logTail(path: string): () => string[] {
  let place = placeOf(path);
  let partial = '';
  const take = (file: string, from: number, to: number): string[] => {
    const lines = (partial + textBetween(file, from, to)).split('\n');
    partial = lines.pop() ?? '';
    return lines;
  };
  return () => {
    const now = placeOf(path);
    const before = place;
    place = now;
    if (now.inode === before.inode) return take(path, before.position, now.position);
    const aside = `${path}.1`;
    const { inode, position } = placeOf(aside);
    const rest = inode === before.inode && inode !== 0 ? take(aside, before.position, position) : [];
    // A file is put aside at a line's end.
    partial = '';
    return [...rest, ...take(path, 0, now.position)];
  };
}

function placeOf(file: string): Place {
  if (!existsSync(file)) return { inode: 0, position: 0 };
  const { ino, size } = statSync(file);
  return { inode: ino, position: size };
}

/** The writer goes on meanwhile: what comes after `to` is for the next time. */
function textBetween(file: string, from: number, to: number): string {
  if (to <= from) return '';
  const bytes = Buffer.alloc(to - from);
  const handle = openSync(file, 'r');
  const length = readSync(handle, bytes, 0, bytes.length, from);
  closeSync(handle);
  return bytes.subarray(0, length).toString();
}
