/** A promise that is given a bounded time. */

/** @throws what `late` makes where the promise is not settled in time; what it comes to then is nobody's concern */
export async function within<T>(millis: number, promise: Promise<T>, late: () => Error): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(late()), millis);
  });
  try {
    return await Promise.race([promise, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
