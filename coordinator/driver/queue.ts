/** One task after the other: what makes an attempt's transitions serial. */

export type Queue = <T>(task: () => Promise<T>) => Promise<T>;

/** A task that fails fails for its caller alone. */
export function serialQueue(): Queue {
  let last: Promise<unknown> = Promise.resolve();
  return (task) => {
    const result = last.then(task);
    last = result.catch(() => undefined);
    return result;
  };
}
