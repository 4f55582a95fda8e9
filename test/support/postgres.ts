/**
 * A PostgreSQL server for tests: one that is named, or one of our own from the binaries of the machine, with a folder and a port
 * of its own, durable as a real one, and gone when it is stopped.
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
  chownSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import pg from 'pg';
import { freePort } from './free-port.ts';
import { isRequired } from './required.ts';

export type Postgres = Readonly<{
  /** Makes an empty database. @returns its URL, password included */
  create(options?: string): Promise<string>;
  /** Stops it as a power cut would, and starts it again; null for a server that is not ours. */
  crash: (() => Promise<void>) | null;
  stop(): Promise<void>;
}>;

const USER = 'tributary';
const READY = 'database system is ready to accept connections';
const INSTALLED = '/usr/lib/postgresql';

/**
 * By `TRIBUTARY_TEST_DATABASE_URL`, whose user may make databases, else by `initdb` and `postgres`. Else why there is none.
 *
 * @throws Error where `TRIBUTARY_REQUIRE` names postgres and there is none
 */
export async function findPostgres(
  env: NodeJS.ProcessEnv = process.env,
  installed = INSTALLED,
): Promise<Postgres | { skipped: string }> {
  const named = env['TRIBUTARY_TEST_DATABASE_URL'];
  if (named !== undefined && named !== '') return { ...databasesOn(named), crash: null };
  const found = binaries(env, installed);
  const user = found === null ? null : unprivileged();
  if (found !== null && user !== null) return startServer(found, user);
  const skipped =
    found === null
      ? `no PostgreSQL: TRIBUTARY_TEST_DATABASE_URL is not set, and there is no "initdb" on the PATH or in ${installed}`
      : 'no PostgreSQL: it does not run as root, and there is no user "postgres" or "nobody"';
  if (isRequired('postgres', env)) throw new Error(skipped);
  return { skipped };
}

/** For a `before`: a server, or what needs one is skipped, which says why. */
export async function postgresOrSkip(context: Mocha.Context): Promise<Postgres> {
  const found = await findPostgres();
  if (!('skipped' in found)) return found;
  console.log(`skipped: ${found.skipped}`);
  return context.skip();
}

/** A database of each name, so that no test sees another's. */
function databasesOn(server: string): Pick<Postgres, 'create' | 'stop'> {
  const made: string[] = [];
  const run = async (sql: string): Promise<void> => {
    const client = new pg.Client({ connectionString: server });
    await client.connect();
    try {
      await client.query(sql);
    } finally {
      await client.end();
    }
  };
  return {
    async create(options = '') {
      const name = `tributary_test_${randomBytes(6).toString('hex')}`;
      await run(`create database ${name} ${options}`);
      made.push(name);
      const url = new URL(server);
      url.pathname = `/${name}`;
      return url.href;
    },
    async stop() {
      for (const name of made) await run(`drop database if exists ${name} with (force)`);
    },
  };
}

type User = Readonly<{ uid?: number; gid?: number }>;

async function startServer(folderOf: (name: string) => string, user: User): Promise<Postgres> {
  const folder = mkdtempSync(join(tmpdir(), 'tributary-postgres-'));
  const [data, secret] = [join(folder, 'data'), join(folder, 'password')];
  const password = randomBytes(9).toString('hex');
  writeFileSync(secret, password, { mode: 0o600 });
  if (user.uid !== undefined) for (const path of [folder, secret]) chownSync(path, user.uid, user.gid ?? 0);
  const as = { ...user, cwd: folder, env: { LC_ALL: 'C', PATH: process.env['PATH'] ?? '' } };
  const made = spawnSync(
    folderOf('initdb'),
    [
      ...['--pgdata', data, '--username', USER, '--auth', 'scram-sha-256', '--pwfile', secret],
      ...['--encoding', 'UTF8', '--no-sync'],
    ],
    { ...as, encoding: 'utf8' },
  );
  if (made.status !== 0) throw new Error(`initdb: ${made.stderr}`);
  const port = await freePort();
  const settings = [`port=${port}`, 'listen_addresses=127.0.0.1', `unix_socket_directories=${folder}`];
  const start = async (): Promise<ChildProcess> => {
    const options = settings.flatMap((setting) => ['-c', setting]);
    const child = spawn(folderOf('postgres'), ['-D', data, ...options], {
      ...as,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    await untilReady(child);
    return child;
  };
  let running = await start();
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    const exited = once(running, 'exit');
    running.kill(signal);
    await exited;
  };
  // A test process that ends at once takes its server with it.
  process.once('exit', () => running.kill('SIGQUIT'));
  return {
    create: databasesOn(`postgres://${USER}:${password}@127.0.0.1:${port}/postgres`).create,
    async crash() {
      await end('SIGQUIT');
      running = await start();
    },
    async stop() {
      await end('SIGINT');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function untilReady(child: ChildProcess): Promise<void> {
  if (!child.stderr) throw new Error('no standard error');
  const said: string[] = [];
  for await (const line of createInterface(child.stderr)) {
    said.push(line);
    if (!line.includes(READY)) continue;
    child.stderr.resume();
    return;
  }
  throw new Error(`postgres ended: ${said.join('\n')}`);
}

/** Where the binaries are, by their names; null where they are not. */
function binaries(env: NodeJS.ProcessEnv, installed: string): ((name: string) => string) | null {
  const versions = existsSync(installed) ? readdirSync(installed).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = [
    ...(env['PATH'] ?? '').split(delimiter),
    ...versions.map((version) => join(installed, version, 'bin')),
  ];
  const folder = folders.find((one) => ['initdb', 'postgres'].every((name) => existsSync(join(one, name))));
  return folder === undefined ? null : (name) => join(folder, name);
}

/** Whom the server runs as: it refuses root. Null where root has nobody else. */
function unprivileged(): User | null {
  if (process.getuid?.() !== 0) return {};
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  const user = ['postgres', 'nobody'].flatMap((name) => users.filter(([one]) => one === name))[0];
  return user ? { uid: Number(user[2]), gid: Number(user[3]) } : null;
}
