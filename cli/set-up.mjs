// What a fresh clone lacks: packages and compiled contracts. Plain Node, since nothing is installed yet.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Sees that the locked packages and the compiled contracts are here. Exits where that fails. */
export async function setUp() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    fail(`Node 20.19 or newer is needed, this is ${process.versions.node}`);
  }
  await alone(() => {
    ensurePackages();
    ensureContracts();
  });
}

/** One set-up at a time: two `npm ci` in one folder take each other's files away. */
async function alone(work) {
  const lock = join(root, '.cache', 'set-up.pid');
  mkdirSync(join(root, '.cache'), { recursive: true });
  for (let told = false; ; told = true) {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' });
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
      if (!runs(readFileSync(lock, 'utf8'))) rmSync(lock, { force: true });
      else if (!told) note('another command sets up this clone: waiting for it');
      await setTimeout(200);
    }
  }
  const release = () => rmSync(lock, { force: true });
  process.once('exit', release);
  work();
  process.off('exit', release);
  release();
}

function runs(pid) {
  if (!/^\d+$/.test(pid)) return pid === '';
  try {
    process.kill(Number(pid), 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** Installs what the lock file says, once for each state of it. */
function ensurePackages() {
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  const stamp = join(root, 'node_modules', '.tributary-lock');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  note('installing the locked packages (npm ci); this takes a minute, once');
  // npm's own output goes to standard error: standard output belongs to the command.
  run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], ['ignore', 2, 2]);
  mkdirSync(join(root, 'node_modules'), { recursive: true });
  writeFileSync(stamp, lock);
}

function ensureContracts() {
  run(process.execPath, ['--import', 'tsx', 'scripts/compile-contracts.ts', '--quiet'], ['ignore', 2, 2]);
}

function run(command, args, stdio) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio });
  if (status !== 0) fail(`${command} ${args.join(' ')} failed${error ? `: ${error.message}` : ''}`);
}

function note(text) {
  process.stderr.write(`tributary: ${text}\n`);
}

function fail(text) {
  note(text);
  process.exit(1);
}
