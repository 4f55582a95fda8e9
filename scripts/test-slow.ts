/** `npm run test:slow`: the property and stateful tests of `npm test` with many more runs, each within its own bounds; and all liars and faults. */
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';

const mocha = createRequire(import.meta.url).resolve('mocha/bin/mocha.js');
const rooms = [
  ...['crypto', 'protocol', 'contracts', 'datasets', 'model', 'dealers'],
  ...['coordinator', 'client', 'buyer', 'auditor', 'secrecy', 'adversary', 'faults', 'fuzz'],
];
const { status } = spawnSync(
  process.execPath,
  [
    mocha,
    ...['--reporter', 'scripts/reporter.cjs', '--timeout', '600000', '--require', 'test/support/slow.ts'],
    ...process.argv.slice(2),
    // A config's own spec would add the rest of the tests.
    ...['--config', '.mocharc.slow.json', ...rooms.map((room) => `test/${room}/**/*.test.ts`)],
  ],
  // Said to the processes that run the files, too.
  { stdio: 'inherit', env: { ...process.env, DATABASE_URL: '', TRIBUTARY_SLOW_TESTS: '1' } },
);
process.exitCode = status ?? 1;
