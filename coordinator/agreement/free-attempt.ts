/** The next attempt that the escrow holds nothing of: a coordinator that lost its folder goes on behind its last. protocol.md §5.4 */
import { abortAttempt } from '#contracts/attempt-outcomes.ts';
import { readAttempt } from '#contracts/attempts.ts';
import type { SendingContracts } from '#contracts/connect.ts';
import { TributaryError } from '#crypto/error.ts';
import type { AttemptId } from '#protocol/job-id.ts';

/**
 * Ends what an earlier life of this coordinator left open.
 *
 * @throws TributaryError `coordinator/attempt-lost` where that was agreed on; as `readAttempt` and `abortAttempt`
 */
export async function freeAttempt(contracts: SendingContracts, id: AttemptId): Promise<AttemptId> {
  const { outcome } = await readAttempt(contracts, id, { confirmations: 1 });
  if (outcome === 'none') return id;
  if (outcome === 'survivors') {
    throw new TributaryError(
      'coordinator/attempt-lost',
      `the escrow holds survivors of round ${id.round}, attempt ${id.attempt} of job ${id.job}, which this folder does not know: restore the coordinator's folder`,
    );
  }
  if (outcome === 'committed') await abortAttempt(contracts, id);
  return freeAttempt(contracts, { ...id, attempt: id.attempt + 1 });
}
