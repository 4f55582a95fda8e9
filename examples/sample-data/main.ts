/**
 * Writes the sample data of the tutorials: one CSV an owner, and the rows that a buyer holds out. Run it with
 * `node --import tsx examples/sample-data/main.ts FOLDER [OWNERS]`.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { shards, splitHeldOut } from '#datasets/samples/partition.ts';
import { wdbcJob } from '#datasets/samples/wdbc-job.ts';
import { loadWdbc, toCsv } from '#datasets/samples/wdbc.ts';
import type { SampleRow } from '#datasets/samples/sample-row.ts';

const SEED = 1;
const [folder, count = '3'] = process.argv.slice(2);

function write(into: string, name: string, rows: readonly SampleRow[]): void {
  writeFileSync(join(into, name), toCsv(rows), { mode: 0o600 });
  process.stdout.write(`${name}: ${rows.length} rows\n`);
}

if (folder === undefined || !/^([3-9]|10)$/.test(count)) {
  process.stderr.write('usage: examples/sample-data/main.ts FOLDER [OWNERS, 3 to 10]\n');
  process.exitCode = 2;
} else {
  const { training, heldOut } = splitHeldOut(loadWdbc(), SEED, wdbcJob.heldOut);
  mkdirSync(folder, { recursive: true });
  shards(training, SEED, Number(count)).forEach((rows, at) => write(folder, `owner-${at + 1}.csv`, rows));
  write(folder, 'held-out.csv', heldOut);
}
