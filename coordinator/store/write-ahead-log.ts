/**
 * Makes committed transactions durable. The embedded database writes its log and never syncs it, so kill -9 loses
 * nothing but a power cut would: what must survive one is synced here, before it is acknowledged.
 */
import { readdirSync, statSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { syncFile as syncToDisk } from './files.ts';

/** Syncs what the database wrote since the last call. */
export type SyncLog = (folder: string) => Promise<void>;

const SEGMENT = /^[0-9A-F]{24}$/;

/**
 * Syncs the segments of the log that changed; after a checkpoint, which lets old segments be written over, the data
 * files too.
 */
export function logSync(syncFile: (path: string) => Promise<void> = syncToDisk): SyncLog {
  const seen = { log: 0, checkpoint: 0, data: 0 };

  /** Files as old as the newest that was synced are synced again: clocks of file systems are coarse. */
  async function syncChanged(paths: readonly string[], since: number): Promise<number> {
    let newest = since;
    for (const path of paths) {
      const { mtimeMs } = await stat(path);
      if (mtimeMs < since) continue;
      await syncFile(path);
      newest = Math.max(newest, mtimeMs);
    }
    return newest;
  }

  /** Of a few names that the system has in memory: to wait for a turn at each would take a busy process longer than the sync. */
  async function syncSegments(logFolder: string): Promise<void> {
    const segments = readdirSync(logFolder)
      .filter((name) => SEGMENT.test(name))
      .map((name) => join(logFolder, name))
      .map((path) => ({ path, mtimeMs: statSync(path).mtimeMs }))
      .filter(({ mtimeMs }) => mtimeMs >= seen.log);
    await Promise.all([...segments.map(({ path }) => syncFile(path)), syncFile(logFolder)]);
    seen.log = Math.max(seen.log, ...segments.map(({ mtimeMs }) => mtimeMs));
  }

  return async (folder) => {
    await syncSegments(join(folder, 'pg_wal'));
    const checkpoint = statSync(join(folder, 'global', 'pg_control')).mtimeMs;
    if (checkpoint <= seen.checkpoint) return;
    seen.checkpoint = checkpoint;
    seen.data = await syncChanged(await dataFiles(folder), seen.data);
  };
}

async function dataFiles(folder: string): Promise<string[]> {
  const files: string[] = [];
  for (const part of ['base', 'global', 'pg_xact', 'pg_multixact']) {
    const entries = await readdir(join(folder, part), { recursive: true, withFileTypes: true });
    files.push(
      ...entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name)),
    );
  }
  return files;
}
