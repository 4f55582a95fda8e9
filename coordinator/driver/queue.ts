/** One task after the other: what makes an attempt's transitions serial. */

export type Queue = (<T>(task: () => Promise<T>) => Promise<T>) &
  Readonly<{
    /** Tasks that wait or run. */
    depth(): number;
  }>;

/** A task that fails fails for its caller alone. */
export function serialQueue(): Queue {
  let last: Promise<unknown> = Promise.resolve();
  let depth = 0;
  const run = <T>(task: () => Promise<T>): Promise<T> => {
    depth += 1;
    const result = last.then(task).finally(() => (depth -= 1));
    last = result.catch(() => undefined);
    return result;
  };
  return Object.assign(run, { depth: () => depth });
}
