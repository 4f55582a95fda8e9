/** What a coordinator stands on and what it does, each as it is, but counted. */
import type { RpcAnswered } from '#contracts/observed-provider.ts';
import type { Transactor } from '#contracts/transact.ts';
import { TributaryError } from '#crypto/error.ts';
import type { IpfsStore } from '#datasets/ipfs.ts';
import type { Performers } from '../driver/perform.ts';
import type { Series } from './series.ts';
import { timed } from './timed.ts';

const isAway = (error: unknown): boolean =>
  error instanceof TributaryError && /^(chain|ipfs)\/unreachable$/.test(error.code);

/** `away`: it gave no answer; `refused`: it answered no. */
const outcomeOf = (error: unknown): 'done' | 'away' | 'refused' => {
  if (error === null) return 'done';
  return isAway(error) ? 'away' : 'refused';
};

/** A try that comes to nothing yet, for the chain is not there, counts as done. */
export function observedPerformers(performers: Performers, { effects }: Pick<Series, 'effects'>): Performers {
  const observed =
    <Asked, Answer>(effect: string, perform: (asked: Asked) => Promise<Answer>) =>
    (asked: Asked): Promise<Answer> =>
      timed(
        () => perform(asked),
        (seconds, error) => effects.observe({ effect, outcome: outcomeOf(error) }, seconds),
      );
  return {
    sweep: observed('sweep', performers.sweep),
    commitRoster: observed('commit-roster', performers.commitRoster),
    fixSurvivors: observed('fix-survivors', performers.fixSurvivors),
    abortOnChain: observed('abort-on-chain', performers.abortOnChain),
    aggregate: observed('aggregate', performers.aggregate),
    settle: observed('settle', performers.settle),
    announce: observed('announce', performers.announce),
  };
}

export const observedTransactor = (
  transactor: Transactor,
  { transactions }: Pick<Series, 'transactions'>,
): Transactor => ({
  ...transactor,
  send: (call) =>
    timed(
      () => transactor.send(call),
      (_seconds, error) => {
        const unmined = error instanceof TributaryError && error.code === 'chain/not-mined';
        transactions.inc({ outcome: unmined ? 'not-mined' : outcomeOf(error) });
      },
    ),
});

export function observedIpfs(store: IpfsStore, { ipfs }: Pick<Series, 'ipfs'>): IpfsStore {
  const observed =
    <Asked extends readonly unknown[], Answer>(call: string, ask: (...asked: Asked) => Promise<Answer>) =>
    (...asked: Asked): Promise<Answer> =>
      timed(
        () => ask(...asked),
        (seconds, error) => ipfs.observe({ call, outcome: outcomeOf(error) }, seconds),
      );
  return {
    version: observed('version', () => store.version()),
    put: observed('put', (...of: Parameters<IpfsStore['put']>) => store.put(...of)),
    get: observed('get', (...of: Parameters<IpfsStore['get']>) => store.get(...of)),
    pin: observed('pin', (...of: Parameters<IpfsStore['pin']>) => store.pin(...of)),
  };
}

/** A method of JSON-RPC as a label: whatever else is called is `other`. */
const methods: ReadonlySet<string> = new Set([
  ...['eth_blockNumber', 'eth_call', 'eth_chainId', 'eth_estimateGas', 'eth_feeHistory', 'eth_gasPrice'],
  ...['eth_getBalance', 'eth_getBlockByHash', 'eth_getBlockByNumber', 'eth_getCode', 'eth_getLogs'],
  ...['eth_getTransactionByHash', 'eth_getTransactionCount', 'eth_getTransactionReceipt'],
  ...['eth_maxPriorityFeePerGas', 'eth_sendRawTransaction'],
]);

export const chainObserver =
  ({ chain }: Pick<Series, 'chain'>): RpcAnswered =>
  (method, seconds, outcome) =>
    chain.observe({ method: methods.has(method) ? method : 'other', outcome }, seconds);
