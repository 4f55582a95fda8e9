/** What the escrow's last word on an attempt means for it. protocol.md §5.4 */
import { TributaryError } from '#crypto/error.ts';
import type { InnerEvent } from '../round/attempt.ts';

/** Codes that no later try changes: the attempt's end, or the job's. */
export type Refused = Readonly<{ givenUp: readonly string[]; failed: readonly string[] }>;

/** @throws what is none of these: it is to be tried again */
export async function refusedBy(
  { givenUp, failed }: Refused,
  ask: () => Promise<InnerEvent | null>,
): Promise<InnerEvent | null> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof TributaryError)) throw error;
    const reason = `${error.code}: ${error.message}`;
    if (givenUp.includes(error.code)) return { type: 'given-up', reason };
    if (failed.includes(error.code)) return { type: 'failed', reason };
    throw error;
  }
}
