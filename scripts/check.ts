/** `npm run check`: everything that can be said of the tree without running it. One line a check; all output of what fails. */
import { spawn } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

type Check = Readonly<{ name: string; command: readonly string[] }>;

const tsx = ['node', '--import', 'tsx'];
const bin = (name: string) => join('node_modules', '.bin', name);

/** A linter that would tell its makers of each run, and ask them for a newer version, does neither. */
const env = { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' };

/** The slowest first: two run at a time. */
const checks: readonly Check[] = [
  { name: 'lint that is left', command: [bin('eslint'), '--max-warnings', '0', '.'] },
  { name: 'format', command: [bin('prettier'), '--check', '--log-level', 'warn', '.'] },
  { name: 'types and lint', command: [bin('oxlint')] },
  { name: 'gas as committed', command: [...tsx, 'bench/run.ts', 'gas'] },
  {
    name: 'boundaries',
    command: [bin('depcruise'), '--config', '.dependency-cruiser.cjs', ...ourFolders()],
  },
  { name: 'dead code', command: [bin('knip')] },
  { name: 'solidity', command: [bin('solhint'), '--max-warnings', '0', 'contracts/src/**/*.sol'] },
  { name: 'bindings fresh', command: [...tsx, 'scripts/compile-contracts.ts', '--check'] },
  { name: 'citations', command: [...tsx, 'scripts/check-citations.ts'] },
  { name: 'error codes', command: [...tsx, 'scripts/check-codes.ts'] },
  { name: 'errors page fresh', command: [...tsx, 'scripts/errors-page.ts', '--check'] },
  { name: 'API document fresh', command: [...tsx, 'scripts/openapi.ts', '--check'] },
  {
    name: 'API document',
    command: [bin('redocly'), 'lint', '--config', '.redocly.yaml', 'docs/openapi.json'],
  },
];

function ourFolders(): string[] {
  const around = new Set(['node_modules', 'docs', 'coverage']);
  return readdirSync('.', { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.') && !around.has(entry.name))
    .map((entry) => entry.name);
}

async function run({ name, command }: Check): Promise<boolean> {
  const started = Date.now();
  const [program = '', ...args] = command;
  const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const code = await new Promise<number>((resolve) => {
    child.on('error', (error) => {
      output += error.message;
      resolve(1);
    });
    child.on('close', (status) => resolve(status ?? 1));
  });
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  console.log(`${code === 0 ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)`);
  if (code !== 0) console.log(output.trim());
  return code === 0;
}

/** Megabytes of an installation: smaller is better, so it is printed. */
function installedMegabytes(folder: string): number {
  let bytes = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) bytes += installedMegabytes(path) * 1e6;
    else if (entry.isFile()) bytes += statSync(path).size;
  }
  return bytes / 1e6;
}

const waiting = [...checks];
const results: boolean[] = [];
const worker = async () => {
  for (let next = waiting.shift(); next; next = waiting.shift()) results.push(await run(next));
};
await Promise.all([worker(), worker()]);
console.log(`node_modules: ${installedMegabytes('node_modules').toFixed(0)} MB`);
process.exitCode = results.every(Boolean) ? 0 : 1;
