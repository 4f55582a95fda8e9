/** What `npm run demo` takes. */
import { parseArgs } from 'node:util';
import { sparseByDefault, toSparseTerms } from '#protocol/aggregation.ts';
import { unsafeFlaw } from '#protocol/rules/sparse.ts';
import { sampleNames, samples, type SampleName } from './samples.ts';

export type DemoOptions = Readonly<{
  clients: number;
  rounds: number;
  /** Leave the stack up and say how to reach it. */
  keep: boolean;
  json: boolean;
  seed: number;
  dataset: SampleName;
  /** Use the sparse graph for rosters of any size. */
  sparse: boolean;
}>;

/** As many owners have a process each; more share one. */
export const largestProcesses = 20;

export const usage = `npm run demo -- [options]

Plays the main job with real processes on free loopback ports: a chain, an IPFS node, a coordinator, owners who train on
their own rows, a buyer, and an auditor who checks it all with the coordinator gone.

  --clients N   owners, 3 to 120 (default 5; fewer than 4 bear no loss, so nobody is killed; more than 20 share one
                process)
  --sparse      the sparse graph, which is for rosters above 100, for this roster of 7 or more
  --dataset D   wdbc: tumours, a small dense network; digits: 8 × 8 images, a small convolutional one (default wdbc;
                digits where more than 20 owners would have too few tumours each)
  --rounds N    rounds to train, 1 to 20 (default 5)
  --seed N      decides shards and initial weights (default 1)
  --keep        leave the processes running and say how to reach them; Ctrl-C ends them
  --json        one JSON object as the last line of standard output
  --help        this text`;

/** @returns null where the usage is asked for. @throws Error for what no option is */
export function readOptions(args: readonly string[]): DemoOptions | null {
  const { values } = parseArgs({
    args: [...args],
    options: {
      clients: { type: 'string', default: '5' },
      rounds: { type: 'string' },
      dataset: { type: 'string' },
      seed: { type: 'string', default: '1' },
      sparse: { type: 'boolean', default: false },
      keep: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return null;
  const clients = whole('clients', values.clients, 3, 120);
  if (values.sparse) assertSparse(clients);
  const dataset = sampleOf(values.dataset ?? (clients > largestProcesses ? 'digits' : 'wdbc'));
  return {
    clients,
    rounds: whole('rounds', values.rounds ?? String(samples[dataset].rounds), 1, 20),
    dataset,
    sparse: values.sparse,
    seed: whole('seed', values.seed, 0, 1_000_000),
    keep: values.keep,
    json: values.json,
  };
}

/** As the launch would, minutes later. */
function assertSparse(clients: number): void {
  const terms = toSparseTerms({ sparse: { ...sparseByDefault, above: 2 } });
  const unsafe = terms && unsafeFlaw(clients, terms);
  if (unsafe) throw new Error(`--sparse: ${unsafe.detail}`);
}

function sampleOf(text: string): SampleName {
  const found = sampleNames.find((name) => name === text);
  if (found) return found;
  throw new Error(`--dataset takes ${sampleNames.join(' or ')}, not "${text}"`);
}

function whole(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < least || value > most) {
    throw new Error(`--${name} takes a whole number from ${least} to ${most}, not "${text}"`);
  }
  return value;
}
