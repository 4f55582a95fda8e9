/** `npm test`: mocha over test/, or over the files that are named. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, statfsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

/** The longest first, by the time they take alone: one that began last would run on alone, with the second core idle. */
const longest = [
  'test/tutorials/tutorials.test.ts',
  'test/examples/agent.test.ts',
  'test/e2e/coordinator-kills.test.ts',
  'test/e2e/leak.test.ts',
  'test/cli/dev.test.ts',
  'test/e2e/lineage-survives-its-node.test.ts',
  'test/samples/accuracy.test.ts',
  'test/bench/secagg-service.test.ts',
  'test/coordinator/store/database.test.ts',
  'test/coordinator/two-coordinators.test.ts',
  'test/coordinator/start.test.ts',
  'test/coordinator/start-sparse.test.ts',
];

/** Of the liars, who are many and each start a chain; all of them are in `npm run test:slow`. */
const liars = [
  'test/adversary/checks.test.ts',
  'test/adversary/roster.test.ts',
  'test/adversary/colluders.test.ts',
];

/** What takes long for what it adds to its neighbours, left to `npm run test:slow` as well. */
const slow = [
  'test/contracts/scenarios/hundreds-of-rounds.test.ts',
  'test/coordinator/outbox/gas-price.test.ts',
  'test/coordinator/outbox/kills.test.ts',
  'test/coordinator/restored.test.ts',
  // The matrix of faults; `npm test` has a sample of it.
  'test/faults/clients.test.ts',
  'test/faults/clocks.test.ts',
  'test/faults/coordinator.test.ts',
  'test/faults/network.test.ts',
  'test/faults/outages.test.ts',
  'test/fuzz/sample.test.ts',
];

const MEMORY_FOLDER = '/dev/shm';
const ROOM = 8 * 2 ** 30;

/**
 * Folders of tests in memory, where there is room: databases and journals sync each file, and would wait for the disk
 * each time. What is synced, and when, the tests of the stores ask of the calls themselves.
 */
function quickFolder(): Record<string, string> {
  try {
    const mounts = readFileSync('/proc/mounts', 'utf8').split('\n');
    const options = mounts.find((mount) => mount.split(' ')[1] === MEMORY_FOLDER)?.split(' ')[3] ?? 'noexec';
    const { bavail, bsize } = statfsSync(MEMORY_FOLDER);
    const fits = bavail * bsize >= ROOM && !/\b(noexec|ro)\b/.test(options);
    return fits && process.env['TMPDIR'] === undefined ? { TMPDIR: MEMORY_FOLDER } : {};
  } catch {
    return {};
  }
}

/** Once, before many commands at once find that it is not. */
async function compileCommand(): Promise<void> {
  const file = fileURLToPath(new URL('../cli/compiled.mjs', import.meta.url));
  const { compiledEntry } = (await import(file)) as { compiledEntry: () => Promise<string | null> };
  await compiledEntry();
}

function allFiles(): string[] {
  const found = readdirSync('test', { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => `test/${name}`)
    .filter((file) => !file.startsWith('test/adversary/') || liars.includes(file))
    .filter((file) => !slow.includes(file))
    .sort();
  return [...longest, ...found.filter((file) => !longest.includes(file))];
}

const given = process.argv.slice(2);
const files = given.some((argument) => argument.endsWith('.ts')) ? [] : allFiles();
await compileCommand();
const mocha = createRequire(import.meta.url).resolve('mocha/bin/mocha.js');
const { status } = spawnSync(
  process.execPath,
  [mocha, '--reporter', 'scripts/reporter.cjs', ...given, ...files],
  // Coordinators of tests keep their records to themselves, whatever database this machine names.
  { stdio: 'inherit', env: { ...process.env, DATABASE_URL: '', ...quickFolder() } },
);
process.exitCode = status ?? 1;
