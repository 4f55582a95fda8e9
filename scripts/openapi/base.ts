/** The document as it stood where a branch left the main one. */
import { execFileSync } from 'node:child_process';

/** @returns null where git, such a branch or the file there is not to be had: then there is nothing to break */
export function committedAtBase(root: string, path: string): string | null {
  for (const main of ['origin/main', 'main']) {
    const base = git(root, 'merge-base', 'HEAD', main);
    const text = base === null ? null : git(root, 'show', `${base.trim()}:${path}`);
    if (text !== null) return text;
  }
  return null;
}

function git(root: string, ...args: string[]): string | null {
  try {
    return execFileSync('git', args, {
      ...{ cwd: root, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  } catch {
    return null;
  }
}
