/** Says on chain that a sparse attempt is aborted, before another begins: so clients mask again. protocol.md §4.9, §5.4 */
import { abortAttempt } from '#contracts/attempt-outcomes.ts';
import { readAttempt } from '#contracts/attempts.ts';
import type { SendingContracts } from '#contracts/connect.ts';
import type { Performers } from '../driver/perform.ts';
import { idOf } from '../round/base.ts';

/** Null while the chain has not got there. @throws TributaryError when it is to be tried again: the chain is away */
export const chainAborter =
  (contracts: SendingContracts): Performers['abortOnChain'] =>
  async (state) => {
    const id = idOf(state);
    let { outcome } = await readAttempt(contracts, id);
    if (outcome === 'committed') {
      const latest = await readAttempt(contracts, id, { confirmations: 1 });
      if (latest.outcome === 'committed') await abortAttempt(contracts, id);
      ({ outcome } = await readAttempt(contracts, id));
    }
    switch (outcome) {
      case 'committed':
        return null;
      // Its roster never got there.
      case 'none':
      case 'aborted':
        return { type: 'chain-aborted' };
      case 'survivors':
        return { type: 'failed', reason: 'the escrow holds survivors of an attempt that was given up' };
      default:
        return outcome satisfies never;
    }
  };
