/** Small files that survive kill -9 and a lost power supply: written aside, synced, renamed, the folder synced. */
import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { TributaryError } from '#crypto/error.ts';

/** @throws TributaryError `storage/full`, `storage/unwritable`; the file is then as it was */
export async function writeDurably(file: string, bytes: Uint8Array | string): Promise<void> {
  const aside = `${file}.${randomBytes(4).toString('hex')}.partial`;
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    const handle = await open(aside, 'w', 0o600);
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(aside, file);
    await syncFolder(dirname(file));
  } catch (cause) {
    await rm(aside, { force: true }).catch(() => undefined);
    throwStorageError(file, cause);
  }
}

/** Makes a new name in a folder survive too. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** @returns null where there is no such file */
export async function readIfThere(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return null;
    throw new TributaryError(
      'storage/unreadable',
      `can't read ${file} (${codeOf(cause)}): check its permissions`,
      {
        cause,
      },
    );
  }
}

/** Throws a failed write as what a person can do about it; an error that is no failed write, as it is. */
export function throwStorageError(file: string, cause: unknown): never {
  const code = codeOf(cause);
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    throw new TributaryError(
      'storage/full',
      `no space left for ${file}: free some, then run the command again`,
      {
        cause,
      },
    );
  }
  if (!/^E[A-Z]+$/.test(code)) throw cause;
  throw new TributaryError(
    'storage/unwritable',
    `can't write ${file} (${code}): check the home's permissions`,
    {
      cause,
    },
  );
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : String(error);
