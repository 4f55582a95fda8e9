/**
 * Where pieces wait on this machine until they are whole: a sender may take hours, a bucket takes bytes of which the length and the
 * digest are known. What is here is acknowledged to nobody.
 */
import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { storageError } from '../../store/files.ts';
import type { Inspection } from '../blobs.ts';

type Pieces = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

export type Spool = Readonly<{
  /** @param use is given the whole of it. @throws TributaryError `storage/full`, what the pieces, the inspection and the use throw */
  through(
    pieces: Pieces,
    inspection: Inspection | null,
    use: (whole: Readable) => Promise<void>,
  ): Promise<void>;
  close(): Promise<void>;
}>;

/** Longer than any upload takes: a process that was killed left it. */
const ABANDONED_MILLIS = 24 * 3_600_000;

/** @param folder of this machine alone; each process has its own in it */
export function openSpool(folder: string, now: () => number = Date.now): Spool {
  const own = join(folder, randomUUID());
  let swept: Promise<void> | null = null;
  async function make(): Promise<void> {
    // Each time: another process may have taken one for abandoned in which nothing was for long.
    await mkdir(own, { recursive: true, mode: 0o700 });
    // What others have left stops nobody.
    await (swept ??= sweep(folder, now()).catch(() => undefined));
  }
  return {
    async through(pieces, inspection, use) {
      const path = join(own, randomUUID());
      try {
        await make();
        await write(path, pieces, inspection);
        const whole = createReadStream(path);
        try {
          await use(whole);
        } finally {
          whole.destroy();
        }
      } catch (error) {
        throw storageError(error);
      } finally {
        await rm(path, { force: true });
      }
    },
    close: () => rm(own, { recursive: true, force: true }),
  };
}

async function write(path: string, pieces: Pieces, inspection: Inspection | null): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    for await (const piece of pieces) {
      inspection?.push(piece);
      for (let at = 0; at < piece.length;) at += (await file.write(piece, at)).bytesWritten;
    }
    inspection?.end();
  } finally {
    await file.close();
  }
}

async function sweep(folder: string, now: number): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const { mtimeMs } = await stat(path);
    if (now - mtimeMs > ABANDONED_MILLIS) await rm(path, { recursive: true, force: true });
  }
}
