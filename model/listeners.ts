/** Undoes what a library adds to the process's own error handling while it loads. */
import type { EventEmitter } from 'node:events';

/**
 * Runs `action`, then removes the listeners that appeared meanwhile and that `isForeign` recognises by their
 * source text. Others stay: the program may well add its own while it waits.
 *
 * @returns what `action` gives; listeners are removed also when it throws
 */
export async function withoutNewListeners<T>(
  emitter: Pick<EventEmitter, 'listeners' | 'removeListener'>,
  events: readonly string[],
  isForeign: RegExp,
  action: () => Promise<T>,
): Promise<T> {
  const before = new Map(events.map((event) => [event, emitter.listeners(event)]));
  try {
    return await action();
  } finally {
    for (const [event, known] of before) {
      for (const listener of emitter.listeners(event)) {
        if (known.includes(listener) || !isForeign.test(String(listener))) continue;
        emitter.removeListener(event, listener as (...args: unknown[]) => void);
      }
    }
  }
}
