/** The files of the tree that git knows or would take, by their ending. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';

export function trackedFiles(...endings: string[]): string[] {
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  return listed
    .split('\n')
    .filter((path) => endings.some((ending) => path.endsWith(ending)) && existsSync(path));
}
