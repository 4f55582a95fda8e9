/**
 * A buyer without hands: finds datasets by schema and price, checks their owners' policies, launches under a spend cap,
 * checks and approves every round, and stops at a target accuracy. Run again after a crash, it goes on. Home, chain,
 * IPFS node and password are TRIBUTARY_HOME and the others that `tributary buyer` knows.
 *
 *   node --import tsx examples/agent/main.ts --coordinator http://127.0.0.1:7070 --held-out held-out.csv \
 *     --label diagnosis --cap 40000000 --target 0.95
 */
import { parseArgs } from 'node:util';
import { runAgent } from '#buyer/agent/run.ts';
import { findCoordinator } from '#buyer/find-coordinator.ts';
import { runningOf } from '#buyer/running.ts';
import { domainOf } from '#buyer/setting.ts';
import { buyerSetting } from '#cli/buyer-home.ts';
import { untilStopped } from '#cli/lifetime.ts';
import { result } from '#cli/output.ts';
import { readSettings } from '#cli/settings.ts';

const names = ['coordinator', 'held-out', 'label', 'cap', 'target'];
const { values } = parseArgs({
  options: Object.fromEntries(names.map((name) => [name, { type: 'string' }])),
});
const given = (name: string): string => String(values[name]);

const setting = await buyerSetting(readSettings({}));
const coordinator = await findCoordinator(given('coordinator'), domainOf(setting), null);
const heldOut = given('held-out');
const goal = { cap: BigInt(given('cap')), metric: 'accuracy', target: Number(given('target')) } as const;
const template = { template: 'tabular-classifier', hidden: 16, filters: 8, image: null } as const;

const report = await runAgent(
  setting,
  {
    name: 'agent',
    goal: { ...goal, launches: 1, tries: 3 },
    wishes: {
      what: {
        model: { ...template, embedding: 16, length: 64 },
        training: {},
        heldOut,
        vocabulary: [],
      },
      ...{ label: given('label'), columns: null, datasets: null, rounds: null, bonusPool: 0n },
      // Windows of a test chain; leave them out where money is real.
      running: runningOf(coordinator, { phase: 30, roundTimeout: 5, short: 2, long: 30 }),
    },
    heldOut,
    patience: { firstMillis: 250, longestMillis: 4_000, pollMillis: 250, signal: untilStopped() },
  },
  (news) => result(true, { event: news.kind, news }, ''),
);
setting.contracts.provider.destroy();
result(true, { event: 'stopped', ...report }, '');
