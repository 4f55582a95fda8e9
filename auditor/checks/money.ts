/** Level 5: the job's deposit is where the escrow says: claimed, given back, paid as fees, or still there. protocol.md §5.2 */
import type { JobCheck } from '../check.ts';
import { balanceOf } from '../money.ts';
import { fails, holds } from '../verdict.ts';

export const money: JobCheck = {
  id: 'payouts.money',
  level: 5,
  scope: 'job',
  async run({ facts }) {
    const { deposited, claimed, returned, fees, feesDue, open } = balanceOf(facts);
    const parts = `${claimed} claimed, ${returned} given back, ${fees} fees and ${feesDue} due, ${open} open`;
    const sum = claimed + returned + fees + feesDue + open;
    if (sum !== deposited) {
      return fails(
        'job',
        'payouts/not-balanced',
        `${deposited} was deposited, but ${sum} is accounted for: ${parts}`,
      );
    }
    return open < 0n
      ? fails('job', 'payouts/not-balanced', `more went out than was deposited: ${parts}`)
      : holds(`${deposited} deposited: ${parts}`);
  },
};
