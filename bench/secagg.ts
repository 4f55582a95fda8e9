/** `npm run bench -- secagg [ROW…]`: secure aggregation beside the cipher alone. */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { TributaryError } from '#crypto/error.ts';
import type { Bench, Row } from './row.ts';
import { clientMask, clientShare } from './secagg/client-rows.ts';
import { degree20, safeShape } from './secagg/cohort.ts';
import { growth } from './secagg/growth.ts';
import { serverUnmask } from './secagg/server-rows.ts';
import { bytesUp } from './secagg-service/bytes-up.ts';
import { fullRun, memoryRun, type MemoryRun, serverMemory } from './secagg-service/server-memory.ts';

/** What the rows ending in -safe are safe against, n = 100. */
const adversity = { corruption: 0.1, dropout: 0.1 };
const safe = () => safeShape(100, adversity);

const unmask100 = (row: string, shape: ReturnType<typeof safe>): Promise<Row> =>
  serverUnmask({
    ...{ row, shape, clients: 100, weights: 1_000_000, lost: 10 },
    ...{ countPairs: false, times: 15, bar: 1.5 },
  });

const unmask1000 = (percent: number): Promise<Row> =>
  serverUnmask({
    row: `server-1000-${percent}`,
    shape: safeShape(1_000, { corruption: 0.05, dropout: percent / 100 }),
    ...{ clients: 1_000, weights: 100_000, lost: 10 * percent },
    ...{ countPairs: true, times: 3, bar: 2 },
  });

/** Null where the platform can't tell. */
const rows: Readonly<Record<string, (scaled: MemoryRun) => Promise<Row | null> | Row>> = {
  'client-mask': () => clientMask('client-mask', degree20),
  'client-mask-safe': () => clientMask('client-mask-safe', safe()),
  'client-share': () => clientShare('client-share', degree20),
  'client-share-safe': () => clientShare('client-share-safe', safe()),
  'server-unmask': () => unmask100('server-unmask', degree20),
  'server-unmask-safe': () => unmask100('server-unmask-safe', safe()),
  'server-1000-0': () => unmask1000(0),
  'server-1000-10': () => unmask1000(10),
  'server-1000-30': () => unmask1000(30),
  growth,
  'bytes-up': () => bytesUp(),
  'server-memory': serverMemory,
};

const notes = [
  `cores: ${availableParallelism()} for ours, 1 for the limit (the cipher alone, and in server-1000 one X25519 a pair)`,
  'client-mask, client-share and server-unmask are of degree 20, for comparison only: safe for 100 clients are the',
  `  rows ending in -safe (corrupt ${adversity.corruption}, lost ${adversity.dropout})`,
];

export const secagg: Bench = {
  summary: 'secure aggregation as a multiple of what the cipher alone takes in the same run',
  usage: `[${Object.keys(rows).join('] [')}] [--inputs 1000] [--at-once 128]   default: all; the options are server-memory's`,
  async run(args) {
    const { positionals, values } = parseArgs({
      args: [...args],
      options: {
        inputs: { type: 'string', default: `${fullRun.inputs}` },
        'at-once': { type: 'string', default: `${fullRun.atOnce}` },
      },
      allowPositionals: true,
    });
    const scaled = memoryRun(values.inputs, values['at-once']);
    const wanted = positionals.length > 0 ? positionals : Object.keys(rows);
    const runs = wanted.map((name) => {
      const run = rows[name];
      if (run === undefined) throw new TributaryError('bench/unknown', `secagg has no row ${name}`);
      return run;
    });
    for (const note of notes) console.error(note);
    const done: Row[] = [];
    for (const run of runs) {
      const row = await run(scaled);
      if (row !== null) done.push(row);
    }
    return done;
  },
};
