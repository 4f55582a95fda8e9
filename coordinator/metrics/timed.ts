/** Times a call and names how it ended, for whoever wraps something in it. */

const MILLIS = 1_000;

/** @param ended told the seconds and the error, null where there was none */
export async function timed<T>(
  call: () => Promise<T>,
  ended: (seconds: number, error: unknown) => void,
): Promise<T> {
  const began = performance.now();
  const seconds = () => (performance.now() - began) / MILLIS;
  try {
    const result = await call();
    ended(seconds(), null);
    return result;
  } catch (error) {
    ended(seconds(), error);
    throw error;
  }
}
