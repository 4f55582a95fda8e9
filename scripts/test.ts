/** `npm test`: mocha over test/, or over the files that are named. */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';

/** The longest first: one that began last would run on alone, with the second core idle. */
const longest = [
  'test/tutorials/tutorials.test.ts',
  'test/examples/agent.test.ts',
  'test/e2e/coordinator-kills.test.ts',
  'test/e2e/leak.test.ts',
  'test/e2e/lineage-survives-its-node.test.ts',
];

function allFiles(): string[] {
  const found = readdirSync('test', { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => `test/${name}`)
    .sort();
  return [...longest, ...found.filter((file) => !longest.includes(file))];
}

const given = process.argv.slice(2);
const files = given.some((argument) => argument.endsWith('.ts')) ? [] : allFiles();
const mocha = createRequire(import.meta.url).resolve('mocha/bin/mocha.js');
const { status } = spawnSync(
  process.execPath,
  [mocha, '--reporter', 'scripts/reporter.cjs', ...given, ...files],
  { stdio: 'inherit' },
);
process.exitCode = status ?? 1;
