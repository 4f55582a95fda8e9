/** Keeps an operations policy as its file has it: read again when the file changes or the process is told to (SIGHUP). */
import { existsSync } from 'node:fs';
import { serialQueue } from '../driver/queue.ts';
import { factsOf, type Log } from '../driver/log.ts';
import { watchFiles } from '../watched-files.ts';
import { readPolicy } from './read.ts';
import { defaultPolicy, type OperationsPolicy } from './schema.ts';

export type KeptPolicy = Readonly<{
  /** As it is now: ask each time. */
  current(): OperationsPolicy;
  /** Reads the file again. One that is wrong is logged, and the policy stays as it was. */
  reload(): Promise<void>;
  close(): void;
}>;

/** What a coordinator goes by that was given no file. */
export const unwrittenPolicy: KeptPolicy = {
  current: () => defaultPolicy,
  reload: () => Promise.resolve(),
  close: () => undefined,
};

/**
 * @param optional whether there may be no such file, now or later: then the defaults hold
 * @throws TributaryError `operations/unreadable`, `operations/invalid`: a coordinator does not start on a wrong policy
 */
export async function keepPolicy(path: string, log: Log, { optional = false } = {}): Promise<KeptPolicy> {
  const read = () => (optional && !existsSync(path) ? Promise.resolve(defaultPolicy) : readPolicy(path));
  let policy = await read();
  const inOrder = serialQueue();
  const reload = () =>
    inOrder(async () => {
      try {
        const next = await read();
        if (JSON.stringify(next) === JSON.stringify(policy)) return;
        policy = next;
        log.info({ path, policy }, 'the operations policy changed');
      } catch (error) {
        log.error({ path, ...factsOf(error) }, 'the operations policy was not taken; the one before holds');
      }
    });
  const close = watchFiles({
    paths: [path],
    changed: () => void reload(),
    what: 'the operations policy',
    log,
  });
  return {
    current: () => policy,
    reload,
    close,
  };
}
