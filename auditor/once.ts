/** Runs an asynchronous step the first time it is asked for, and gives its outcome, failure included, to all. */
export function once<T>(step: () => Promise<T>): () => Promise<T> {
  let outcome: Promise<T> | undefined;
  return () => (outcome ??= step());
}
