/** The gate before calls to the chain that a request waits for: whether a contract signed an approval (ERC-1271). protocol.md §5.3 */
import type { Provider } from 'ethers';
import { chainError } from '#contracts/decode-error.ts';
import { TributaryError } from '#crypto/error.ts';
import { createGate, type Gate, type GateTerms } from './gate.ts';

const terms: GateTerms = {
  failures: 5,
  openMillis: 10_000,
  concurrency: 8,
  waiting: 32,
  timeoutMillis: 5_000,
};

const AWAY = 'chain/unreachable';

/** @returns a gate that opens where the chain gives no answer; a call that reverts is one */
export const chainGate = (changes: Partial<GateTerms> = {}, now?: () => number): Gate =>
  createGate({
    terms: { ...terms, ...changes },
    isAway: (error) => chainError(error, 'a call').code === AWAY,
    busy: 'chain/busy',
    late: () => new TributaryError(AWAY, 'the chain did not answer in time: its node is slow, or away'),
    ...(now && { now }),
  });

export const gatedCalls = (provider: Pick<Provider, 'call'>, gate: Gate): Pick<Provider, 'call'> => ({
  call: (transaction) => gate.run(() => provider.call(transaction)),
});
