/** `npm run bench -- NAME [--json] [its options]`: runs one bench; `--help` or no name lists them. */
import { TributaryError } from '#crypto/error.ts';
import { demoAccuracy } from './demo-accuracy.ts';
import { gas } from './gas.ts';
import { help } from './help.ts';
import { load } from './load.ts';
import { type Bench, holds, line } from './row.ts';
import { secagg } from './secagg.ts';
import { params } from './params.ts';
import { train } from './train.ts';

const benches: readonly Bench[] = [demoAccuracy, train, secagg, load, help, params, gas];

const usage = (): string =>
  [
    'npm run bench -- NAME [--json] [options]',
    '',
    ...benches.flatMap(({ name, summary, usage }) => [`  ${name}  ${summary}`, `    ${usage}`]),
    '',
    'Rows go to standard output (with --json one object a line), progress to standard error.',
    'Exit status: 0 when every row is within its limit, 1 when not, 2 when it could not run.',
  ].join('\n');

async function main(args: readonly string[]): Promise<number> {
  const [name, ...rest] = args.filter((arg) => arg !== '--json');
  if (name === undefined || args.includes('--help')) {
    console.log(usage());
    return 0;
  }
  const bench = benches.find((one) => one.name === name);
  if (bench === undefined)
    throw new TributaryError('bench/unknown', `there is no bench ${name}\n\n${usage()}`);
  const rows = await bench.run(rest);
  for (const row of rows) {
    const { row: label, ours, ratio, limit, unit, bar, p50, p99 } = row;
    const json = { row: label, ours, ratio, limit, unit, bar, p50, p99 };
    console.log(args.includes('--json') ? JSON.stringify(json) : line(row));
  }
  return rows.every(holds) ? 0 : 1;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  // A wrong option of parseArgs is a TypeError with a message for people; only a bug needs its stack.
  const expected = error instanceof TributaryError || (error instanceof TypeError && 'code' in error);
  console.error(expected ? error.message : error);
  process.exitCode = 2;
}
