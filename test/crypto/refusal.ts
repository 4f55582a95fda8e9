/** What a refused call answers with. */
import { TributaryError } from '#crypto/error.ts';

/** The code of the error that an action throws; undefined if it goes through. Other errors pass on. */
export function codeOf(action: () => unknown): string | undefined {
  try {
    action();
  } catch (error) {
    if (error instanceof TributaryError) return error.code;
    throw error;
  }
  return undefined;
}
