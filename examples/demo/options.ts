/** What `npm run demo` takes. */
import { parseArgs } from 'node:util';
import { sparseByDefault, toSparseTerms } from '#protocol/aggregation.ts';
import { unsafeFlaw } from '#protocol/rules/sparse.ts';
import { sampleNames, samples, type SampleName } from './samples.ts';

export const storyNames = ['main', 'vanish', 'dispute'] as const;
export type StoryName = (typeof storyNames)[number];

export type DemoOptions = Readonly<{
  story: StoryName;
  clients: number;
  rounds: number;
  /** Leave the stack up and say how to reach it. */
  keep: boolean;
  json: boolean;
  seed: number;
  dataset: SampleName;
  /** Use the sparse graph for rosters of any size. */
  sparse: boolean;
  /** Of a PostgreSQL server, for two coordinators; null for one that has its database in its home. */
  database: string | null;
}>;

/** As many owners have a process each; more share one. */
export const largestProcesses = 20;

export const usage = `npm run demo -- [options]

Plays a story with real processes on free loopback ports: a chain, an IPFS node, a coordinator, owners who train on
their own rows, a buyer, and an auditor who checks it all with the coordinator gone. Ends with 0 only if all that the
story is to show was so.

  --story S     main: the job that everybody hopes for, with accidents and forgeries (the default);
                vanish: the coordinator disappears for ever half-way, and owners and buyer get out by the chain alone;
                dispute: a false payout root is posted, disputed, voided and posted again, and then a true round is
                disputed by a liar
  --clients N   owners, 3 to 120 (default 5; fewer than 4 bear no loss, so nobody is killed; more than 20 share one
                process)
  --sparse      the sparse graph, which is for rosters above 100, for this roster of 7 or more
  --coordinators N
                2: two coordinators share the job on the PostgreSQL server that DATABASE_URL names, in a schema that goes
                with the story; in round 4, or the last, the one that has the job is killed (default 1)
  --dataset D   wdbc: tumours, a small dense network; digits: 8 × 8 images, a small convolutional one (default wdbc;
                digits where more than 20 owners would have too few tumours each)
  --rounds N    rounds to train, 1 to 20 (default: by dataset, 4 to vanish, 3 to dispute, which both take 2 or more)
  --seed N      decides shards and initial weights (default 1)
  --keep        leave the processes running and say how to reach them; Ctrl-C ends them
  --json        one JSON object as the last line of standard output
  --help        this text`;

/** @returns null where the usage is asked for. @throws Error for what no option is */
export function readOptions(
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): DemoOptions | null {
  const { values } = parseArgs({
    args: [...args],
    options: {
      story: { type: 'string', default: 'main' },
      clients: { type: 'string', default: '5' },
      rounds: { type: 'string' },
      dataset: { type: 'string' },
      seed: { type: 'string', default: '1' },
      sparse: { type: 'boolean', default: false },
      coordinators: { type: 'string', default: '1' },
      keep: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return null;
  const story = nameOf('story', storyNames, values.story);
  const clients = whole('clients', values.clients, 3, story === 'main' ? 120 : largestProcesses);
  if (values.sparse) assertSparse(story, clients);
  const two = whole('coordinators', values.coordinators, 1, 2) === 2;
  if (two && (story !== 'main' || clients > largestProcesses))
    throw new Error(`--coordinators 2 is for the main story, with at most ${largestProcesses} owners`);
  const dataset = nameOf(
    'dataset',
    sampleNames,
    values.dataset ?? (clients > largestProcesses ? 'digits' : 'wdbc'),
  );
  const rounds = values.rounds ?? String(roundsOf[story] ?? samples[dataset].rounds);
  return {
    story,
    clients,
    rounds: whole('rounds', rounds, story === 'main' ? 1 : 2, 20),
    dataset,
    sparse: values.sparse,
    database: two ? databaseOf(env) : null,
    seed: whole('seed', values.seed, 0, 1_000_000),
    keep: values.keep,
    json: values.json,
  };
}

/** Rounds of the stories whose length does not follow from what is learned. */
const roundsOf: Partial<Record<StoryName, number>> = { vanish: 4, dispute: 3 };

function databaseOf(env: NodeJS.ProcessEnv): string {
  const url = env['DATABASE_URL'];
  if (url !== undefined && url !== '') return url;
  throw new Error(
    '--coordinators 2 shares a PostgreSQL database: set DATABASE_URL=postgres://USER:PASSWORD@HOST:PORT/NAME, whose user may make a schema there',
  );
}

/** As the launch would, minutes later. */
function assertSparse(story: StoryName, clients: number): void {
  if (story !== 'main') throw new Error('--sparse is for the main story');
  const terms = toSparseTerms({ sparse: { ...sparseByDefault, above: 2 } });
  const unsafe = terms && unsafeFlaw(clients, terms);
  if (unsafe) throw new Error(`--sparse: ${unsafe.detail}`);
}

function nameOf<T extends string>(option: string, names: readonly T[], text: string): T {
  const found = names.find((name) => name === text);
  if (found !== undefined) return found;
  throw new Error(`--${option} takes ${names.join(' or ')}, not "${text}"`);
}

function whole(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < least || value > most) {
    throw new Error(`--${name} takes a whole number from ${least} to ${most}, not "${text}"`);
  }
  return value;
}
