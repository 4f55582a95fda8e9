/** Which scratch files of a folder this process holds open, named or not: Linux says so. */
import { existsSync, readdirSync, readlinkSync } from 'node:fs';

const descriptors = '/proc/self/fd';
export const canSeeOpenFiles = existsSync(descriptors);

/** Paths under /proc, which lead to the files. */
export const scratchFilesIn = (folder: string): string[] =>
  readdirSync(descriptors)
    .map((descriptor) => `${descriptors}/${descriptor}`)
    .filter((path) => {
      try {
        return readlinkSync(path).startsWith(`${folder}/rows-`);
      } catch {
        // Closed since it was listed.
        return false;
      }
    });
