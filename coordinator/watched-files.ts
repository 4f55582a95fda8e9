/** Tells when files may have changed: written, replaced, switched to another by a link, or the process was told so (SIGHUP). */
import { watch } from 'node:fs';
import { basename, dirname } from 'node:path';
import { factsOf, type Log } from './driver/log.ts';

/** An editor writes in several steps: they count as one change. */
const SETTLED_MILLIS = 100;
/** Of what a volume of Kubernetes is switched by: no file changes, a link beside them does. */
const SWITCH = '..';

type Watching = Readonly<{
  paths: readonly string[];
  changed: () => void;
  /** In a sentence, as "the operations policy". */
  what: string;
  log: Log;
}>;

/** @returns what ends it */
export function watchFiles({ paths, changed, what, log }: Watching): () => void {
  let settled: NodeJS.Timeout | undefined;
  const soon = () => {
    clearTimeout(settled);
    settled = setTimeout(changed, SETTLED_MILLIS);
    settled.unref();
  };
  const names = new Set(paths.map((path) => basename(path)));
  // The folders, for a file is replaced rather than written by most who change one.
  const watchers = [...new Set(paths.map((path) => dirname(path)))].map((folder) => {
    const watcher = watch(folder, { persistent: false }, (_event, name) => {
      if (name === null || names.has(name) || name.startsWith(SWITCH)) soon();
    });
    watcher.on('error', (error) => {
      log.warn({ paths, ...factsOf(error) }, `${what} is not watched any more: send SIGHUP`);
    });
    return watcher;
  });
  process.on('SIGHUP', changed);
  return () => {
    clearTimeout(settled);
    for (const watcher of watchers) watcher.close();
    process.off('SIGHUP', changed);
  };
}
