/** What a folder of blobs is called, wherever it is mounted. */
import { randomUUID } from 'node:crypto';
import { link, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { disk, isCode, writeDurably } from '../store/files.ts';

/** Drawn once, by whoever is first. */
export async function folderName(folder: string): Promise<string> {
  const path = join(folder, 'name');
  const draft = `${path}.${randomUUID()}`;
  await writeDurably(disk, draft, [new TextEncoder().encode(randomUUID())]);
  try {
    await link(draft, path);
  } catch (error) {
    if (!isCode(error, 'EEXIST')) throw error;
  } finally {
    await rm(draft, { force: true });
  }
  return readFile(path, 'utf8');
}
