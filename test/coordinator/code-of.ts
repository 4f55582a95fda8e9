/** The code of a refusal; of another error its text, and `resolved` where there was none. */
import { TributaryError } from '#crypto/error.ts';

export async function codeOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
    return 'resolved';
  } catch (error) {
    return error instanceof TributaryError ? error.code : String(error);
  }
}
