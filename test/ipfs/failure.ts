/** The coded error that a promise is expected to reject with. */
import { TributaryError } from '#crypto/error.ts';

export async function failureOf(promise: Promise<unknown>): Promise<TributaryError> {
  let result: unknown;
  try {
    result = await promise;
  } catch (error) {
    if (error instanceof TributaryError) return error;
    throw error;
  }
  throw new Error(`expected a TributaryError, got ${String(result)}`);
}
