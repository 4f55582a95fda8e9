/** One change of a job as a driver makes it, whatever it was before. */
import type { Change, Records } from '#coordinator/store/records.ts';

export const save = (records: Pick<Records, 'turn'>, change: Change): Promise<number> =>
  records.turn(change.job.job, (turn) => turn.save(change));
