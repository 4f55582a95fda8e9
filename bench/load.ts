/** `npm run bench -- load [ROW…]`: two hundred clients upload masked inputs to a coordinator in a process of its own. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { TributaryError } from '#crypto/error.ts';
import { deployedChain } from './deployed-chain.ts';
import { type LoadOptions, runBare, runOurs, type Run } from './load/runs.ts';
import { setStage } from './load/stage.ts';
import { median } from './median.ts';
import type { Bench, Row } from './row.ts';

const MB = 1_000_000;
const rowNames = ['load-errors', 'load-memory', 'load-latency', 'load-throughput'] as const;

type Settings = LoadOptions & Readonly<{ runs: number; jobs: number; weights: number }>;
type Pair = Readonly<{ ours: Run; bare: Run | null }>;

/** Each run of ours is followed by one of the bare server, where that is asked for. */
async function runAll({ runs, jobs, weights, ...options }: Settings, compare: boolean): Promise<Pair[]> {
  const root = await mkdtemp(join(tmpdir(), 'load-'));
  const { chain, account, deployment } = await deployedChain();
  try {
    const shape = { members: options.clients, weights, jobs };
    const stage = await setStage(root, deployment, account, shape);
    const pairs: Pair[] = [];
    for (let run = 1; run <= runs; run++) {
      const ours = await runOurs(root, stage, chain.url, options);
      const bare = compare ? await runBare(root, stage, options) : null;
      pairs.push({ ours, bare });
      for (const [name, of] of Object.entries({ ours, bare })) if (of) say(`${name} ${run}`, of);
    }
    return pairs;
  } finally {
    await chain.stop();
    await rm(root, { recursive: true });
  }
}

function say(name: string, run: Run): void {
  const { messages, bytes, seconds, errors, firstErrors, p50, p99, peak, processor } = run;
  const memory = peak === null ? '' : `, at most ${(peak / MB).toFixed(0)} MB`;
  const each =
    processor === null ? '' : `, ${((1000 * processor) / messages).toFixed(2)} ms of processor each`;
  console.error(
    `load: ${name}: ${messages} uploads in ${seconds.toFixed(1)} s, ${(bytes / seconds / MB).toFixed(1)} MB/s, ` +
      `${p50.toFixed(0)} ms (p50), ${p99.toFixed(0)} ms (p99), ${errors} errors${memory}${each}`,
  );
  for (const error of firstErrors) console.error(`load:   ${error}`);
}

const rate = ({ bytes, seconds }: Run): number => bytes / seconds / MB;

function rowOf(name: (typeof rowNames)[number], pairs: readonly Pair[]): Row | null {
  const ours = pairs.map((pair) => pair.ours);
  switch (name) {
    case 'load-errors':
      return { row: name, ours: ours.reduce((sum, { errors }) => sum + errors, 0), unit: 'errors', bar: 0 };
    case 'load-memory': {
      const peaks = ours.flatMap(({ peak }) => peak ?? []);
      if (peaks.length > 0) return { row: name, ours: Math.max(...peaks) / MB, unit: 'MB', bar: 400 };
      console.error('load-memory skipped: only Linux tells the most memory that a process had (VmHWM)');
      return null;
    }
    case 'load-latency': {
      const [p50, p99] = [median(ours.map((run) => run.p50)), median(ours.map((run) => run.p99))];
      return { row: name, ours: p99, unit: 'ms', p50, p99 };
    }
    case 'load-throughput': {
      const bare = pairs.flatMap((pair) => pair.bare ?? []);
      const ratio = median(pairs.flatMap((pair) => (pair.bare ? rate(pair.ours) / rate(pair.bare) : [])));
      const [mine, limit] = [median(ours.map(rate)), median(bare.map(rate))];
      return { row: name, ours: mine, unit: 'MB/s', limit, ratio, bar: 0.6, atLeast: true };
    }
    default:
      return name satisfies never;
  }
}

/** @throws TributaryError `bench/option` */
function positive(name: string, text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new TributaryError('bench/option', `--${name} wants a whole number of at least 1, not ${text}`);
}

export const load: Bench = {
  summary:
    'clients that upload masked inputs to a coordinator, beside a server that only writes and syncs them',
  usage: `[${rowNames.join('] [')}] [--runs 5] [--warm-up 4] [--seconds 30] [--clients 200] [--weights 100000] [--jobs 105] [--profile FOLDER]`,
  async run(args) {
    const { positionals, values } = parseArgs({
      args: [...args],
      options: {
        runs: { type: 'string', default: '5' },
        'warm-up': { type: 'string', default: '4' },
        seconds: { type: 'string', default: '30' },
        clients: { type: 'string', default: '200' },
        weights: { type: 'string', default: '100000' },
        jobs: { type: 'string', default: '105' },
        profile: { type: 'string' },
      },
      allowPositionals: true,
    });
    const unknown = positionals.find((name) => !rowNames.some((row) => row === name));
    if (unknown !== undefined) throw new TributaryError('bench/unknown', `load has no row ${unknown}`);
    const wanted = rowNames.filter((name) => positionals.length === 0 || positionals.includes(name));
    const { runs, 'warm-up': warmUp, seconds, clients, weights, jobs, profile = null } = values;
    const settings = {
      ...{
        runs: positive('runs', runs),
        warmUp: positive('warm-up', warmUp),
        seconds: positive('seconds', seconds),
      },
      ...{ clients: positive('clients', clients), weights: positive('weights', weights) },
      ...{ jobs: positive('jobs', jobs), profile },
    };
    const pairs = await runAll(settings, wanted.includes('load-throughput'));
    return wanted.flatMap((name) => rowOf(name, pairs) ?? []);
  },
};
