/** `npm run bench -- NAME [--json] [its options]`: runs one bench; `--help` or no name lists them. */
import { TributaryError } from '#crypto/error.ts';
import { type Bench, holds, line } from './row.ts';

/** Each is loaded when it is asked for: between them they load all that we have. */
const benches: ReadonlyMap<string, () => Promise<Bench>> = new Map([
  ['demo-accuracy', async () => (await import('./demo-accuracy.ts')).demoAccuracy],
  ['train', async () => (await import('./train.ts')).train],
  ['secagg', async () => (await import('./secagg.ts')).secagg],
  ['load', async () => (await import('./load.ts')).load],
  ['help', async () => (await import('./help.ts')).help],
  ['params', async () => (await import('./params.ts')).params],
  ['gas', async () => (await import('./gas.ts')).gas],
]);

async function usage(): Promise<string> {
  const described: string[] = [];
  for (const [name, load] of benches) {
    const { summary, usage } = await load();
    described.push(`  ${name}  ${summary}`, `    ${usage}`);
  }
  return [
    'npm run bench -- NAME [--json] [options]',
    '',
    ...described,
    '',
    'Rows go to standard output (with --json one object a line), progress to standard error.',
    'Exit status: 0 when every row is within its limit, 1 when not, 2 when it could not run.',
  ].join('\n');
}

async function main(args: readonly string[]): Promise<number> {
  const [name, ...rest] = args.filter((arg) => arg !== '--json');
  if (name === undefined || args.includes('--help')) {
    console.log(await usage());
    return 0;
  }
  const load = benches.get(name);
  if (load === undefined) {
    const names = [...benches.keys()].join(', ');
    throw new TributaryError(
      'bench/unknown',
      `there is no bench ${name}, but ${names}: --help describes them`,
    );
  }
  const rows = await (await load()).run(rest);
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
