/** One sync for all who wait for one: what each wrote before it asked is on disk when it is answered. */

/** @param sync puts on disk what was written before it was called */
export function sharedSync(sync: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | null = null;
  let next: Promise<void> | null = null;
  const begin = (): Promise<void> => {
    running = sync().finally(() => (running = null));
    return running;
  };
  // One that is under way may have passed by what was written since: only the next is sure to see it.
  return () => {
    if (!running) return begin();
    next ??= running
      .catch(() => undefined)
      .then(() => {
        next = null;
        return begin();
      });
    return next;
  };
}
