/** Weights and features must be numbers: NaN or an infinity spreads to every later model. protocol.md §2.1 */
import { TributaryError } from '#crypto/error.ts';

/** @throws TributaryError `model/not-finite`, naming the place */
export function assertFinite(values: Float32Array, what: string): void {
  for (let i = 0; i < values.length; i += 1) {
    if (!Number.isFinite(values[i])) {
      throw new TributaryError(
        'model/not-finite',
        `${what} holds ${values[i]} at ${i}: only finite numbers are accepted`,
      );
    }
  }
}
