/** The buyer's yes before money moves. */
import { TributaryError } from '#crypto/error.ts';
import { confirmed } from '../confirm.ts';

/**
 * Asks on a terminal. Without one, or with --yes, the command itself is the consent: its quote is fixed, and what it
 * may cost can be bounded.
 *
 * @throws TributaryError `launch/not-confirmed`
 */
export async function askFor(
  question: string,
  yes: boolean | undefined,
  ask: typeof confirmed = confirmed,
): Promise<void> {
  if (yes === true || (await ask(question)) !== false) return;
  throw new TributaryError('launch/not-confirmed', 'nothing was signed or sent');
}
