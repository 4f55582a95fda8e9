/** What several RPCs say of the chain, as long as they all say the same. protocol.md §5.5 */
import { isDeepStrictEqual } from 'node:util';
import { TributaryError } from '#crypto/error.ts';
import type { ChainReads } from './chain.ts';

/**
 * Asks all of them each time: seats, descriptor, rosters, seeds, outcomes and settlements are only what nobody denies.
 * One that is some blocks behind denies what is new to it, until it has caught up.
 *
 * @throws TributaryError (calls) `chain/disagree`, and as `chainReads` where any of them does
 */
export function agreedReads(first: ChainReads, ...others: readonly ChainReads[]): ChainReads {
  if (others.length === 0) return first;
  const agree = async <T>(what: string, ask: (reads: ChainReads) => Promise<T>): Promise<T> => {
    const [answer, ...further] = await Promise.all([ask(first), ...others.map(ask)]);
    const denied = further.findIndex((other) => !isDeepStrictEqual(other, answer));
    if (denied >= 0) {
      throw new TributaryError(
        'chain/disagree',
        `RPC ${denied + 2} of this client says other things of ${what} than the first: it does nothing until they agree.`,
      );
    }
    return answer;
  };
  return {
    jobs: () => agree("the dataset's jobs", (reads) => reads.jobs()),
    facts: (job) => agree(`job ${job}`, (reads) => reads.facts(job)),
    operators: (job) => agree(`the seats of job ${job}`, (reads) => reads.operators(job)),
    descriptor: () => agree('the dataset', (reads) => reads.descriptor()),
    attempt: (id) => agree(`attempt ${id.attempt} of round ${id.round}`, (reads) => reads.attempt(id)),
    committed: (id) => agree(`attempt ${id.attempt} of round ${id.round}`, (reads) => reads.committed(id)),
    seed: (block) => agree(`block ${block}`, (reads) => reads.seed(block)),
  };
}
