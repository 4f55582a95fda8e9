/** A service's log: a line a time, for its owner alone, cut into files of bounded size. */
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  fstatSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';

/** Above this a file is put aside. */
export const LOG_BYTES = 4 * 1024 * 1024;
/** Files that were put aside and are kept: `.1` is the latest. */
const KEPT = 3;

export type LogFile = Readonly<{
  /** Writes one line with its time. */
  line(text: string): void;
  close(): void;
}>;

export function openLogFile(file: string, { maxBytes = LOG_BYTES, now = () => new Date() } = {}): LogFile {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  let handle = openSync(file, 'a', 0o600);
  let size = fstatSync(handle).size;
  return {
    line(text) {
      const bytes = Buffer.from(`${now().toISOString()} ${text}\n`);
      if (size > 0 && size + bytes.length > maxBytes) {
        closeSync(handle);
        rotate(file);
        handle = openSync(file, 'a', 0o600);
        size = 0;
      }
      size += writeSync(handle, bytes);
    },
    close: () => closeSync(handle),
  };
}

function rotate(file: string): void {
  rmSync(`${file}.${KEPT}`, { force: true });
  for (let age = KEPT - 1; age >= 1; age -= 1) {
    if (existsSync(`${file}.${age}`)) renameSync(`${file}.${age}`, `${file}.${age + 1}`);
  }
  renameSync(file, `${file}.1`);
}
