/**
 * Files that outlive kill -9 and a lost power supply: written aside, synced, renamed, their folder synced.
 * protocol.md §4.5, §4.8 (what the journal must keep for ever). Calls are synchronous on purpose: between a check
 * and the write that depends on it nothing else of this process runs.
 */
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { TributaryError } from '#crypto/error.ts';

export type Disk = Readonly<{
  /** The file's bytes, or null where there is none. */
  read(path: string): Uint8Array | null;
  /** Writes a new file, durably before it returns. @returns false, and changes nothing, where it exists */
  create(path: string, bytes: Uint8Array): boolean;
  /** Writes a file, new or not, durably before it returns. */
  replace(path: string, bytes: Uint8Array): void;
  /** Overwrites a file with zeros and removes it; none is fine. Flash storage may keep what was overwritten. */
  erase(path: string): void;
  /** Names in a folder, sorted; none where there is no folder. */
  list(folder: string): string[];
}>;

/** What may fail or take long: a test injects its own. */
export type DiskCalls = Readonly<{
  /** Writes all bytes to an open file. */
  write(file: number, bytes: Uint8Array): void;
  /** Waits until an open file, or a folder's names, are on the disk. */
  sync(file: number): void;
}>;

const systemCalls: DiskCalls = { write: writeAll, sync: fsyncSync };

const aside = '.part';

/**
 * @param root the folder that all paths are relative to; made where it is missing, mode 0700
 * @throws TributaryError from every call that writes: `storage/full`, `journal/unwritable`
 */
export function openDisk(root: string, { write, sync }: DiskCalls = systemCalls): Disk {
  const { makeFolder, syncFolder } = folders(sync);
  guarded(root, () => makeFolder(root));
  const place = (path: string) => join(root, path);

  function put(path: string, bytes: Uint8Array): void {
    const target = place(path);
    guarded(target, () => {
      makeFolder(dirname(target));
      try {
        inFile(target + aside, 'w', (file) => {
          write(file, bytes);
          sync(file);
        });
      } catch (error) {
        rmSync(target + aside, { force: true });
        throw error;
      }
      renameSync(target + aside, target);
      syncFolder(dirname(target));
    });
  }

  return {
    read: (path) => (existsSync(place(path)) ? new Uint8Array(readFileSync(place(path))) : null),

    create(path, bytes) {
      if (existsSync(place(path))) return false;
      put(path, bytes);
      return true;
    },

    replace: put,

    erase(path) {
      const target = place(path);
      // A process that died while it wrote a secret left it aside.
      for (const file of [target, target + aside].filter(existsSync)) {
        guarded(file, () => {
          inFile(file, 'r+', (open) => {
            writeAll(open, new Uint8Array(statSync(file).size));
            sync(open);
          });
          unlinkSync(file);
          syncFolder(dirname(file));
        });
      }
    },

    list: (folder) =>
      existsSync(place(folder))
        ? readdirSync(place(folder))
            .filter((name) => !name.endsWith(aside))
            .sort()
        : [],
  };
}

function writeAll(file: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
}

function inFile(path: string, flags: 'w' | 'r' | 'r+', use: (file: number) => void): void {
  const file = openSync(path, flags, 0o600);
  try {
    use(file);
  } finally {
    closeSync(file);
  }
}

function folders(sync: DiskCalls['sync']) {
  const syncFolder = (folder: string): void => inFile(folder, 'r', sync);

  /** Makes a folder and those above it; each new name is synced into the folder that holds it. */
  function makeFolder(folder: string): void {
    if (existsSync(folder)) return;
    makeFolder(dirname(folder));
    mkdirSync(folder, { mode: 0o700, recursive: true });
    syncFolder(dirname(folder));
  }
  return { makeFolder, syncFolder };
}

function guarded(path: string, action: () => void): void {
  try {
    action();
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
    if (code === 'ENOSPC' || code === 'EDQUOT') {
      throw new TributaryError(
        'storage/full',
        `no space left for ${path}: nothing was sent; free some, and the client goes on`,
        { cause },
      );
    }
    throw new TributaryError(
      'journal/unwritable',
      `can't write ${path} (${code || String(cause)}): nothing was sent; check the home's permissions and disk`,
      { cause },
    );
  }
}
