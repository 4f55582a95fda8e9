/** Waiting that ends early when nobody waits any more. */

/** Resolves after so long, or when the signal aborts: ask it. */
export const pause = (millis: number, signal: AbortSignal | undefined): Promise<void> =>
  new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, millis);
    signal?.addEventListener('abort', end);
    if (signal?.aborted) end();
  });
