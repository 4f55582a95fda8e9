/** Two sources of events as one, which ends with the first of them. */
type Source<T> = AsyncGenerator<T, void, undefined>;

/**
 * @param second ends when its signal aborts, with whatever it then throws
 * @throws what either of them throws meanwhile
 */
export async function* beside<T>(
  first: Source<T>,
  second: (signal: AbortSignal) => Source<T>,
): AsyncGenerator<T, void, undefined> {
  const over = new AbortController();
  const other = second(over.signal);
  const step = async (source: Source<T>) => ({ source, result: await source.next() });
  const pending = new Map([first, other].map((source) => [source, step(source)]));
  try {
    while (pending.has(first)) {
      const { source, result } = await Promise.race(pending.values());
      if (result.done) {
        pending.delete(source);
      } else {
        yield result.value;
        pending.set(source, step(source));
      }
    }
  } finally {
    over.abort();
    await Promise.allSettled(pending.values());
  }
}
