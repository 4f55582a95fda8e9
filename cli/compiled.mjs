// The command as JavaScript, compiled by esbuild once for each state of its sources and packages: a command then starts in
// a fraction of the time that loading TypeScript, and packages of many modules, file by file takes. Plain Node.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const rooms = [
  ...['crypto', 'protocol', 'contracts', 'datasets', 'model'],
  ...['coordinator', 'client', 'buyer', 'auditor', 'cli'],
];
const dayMillis = 86_400_000;

/** What is started as a thread, by its name: sources write `new URL('./NAME.ts', import.meta.url)` beside it. */
const threads = {
  'unmasking-worker': 'model/unmasking/unmasking-worker.ts',
  'recover-worker': 'coordinator/signatures/recover-worker.ts',
};

/** Packages of hundreds of modules, compiled in. Others stay packages: some find files of their own beside their code. */
const compiledIn = [
  ...['ethers', 'zod', 'commander', 'ipfs-http-client', 'multiformats', '@ipld', '@noble', '@multiformats'],
  ...['helia', '@helia', '@libp2p', 'blockstore-fs', '@asteasolutions'],
];

/** For packages in CommonJS among them. */
const requireOfNode = [
  "import { createRequire as createRequireOfNode } from 'node:module';",
  'const require = createRequireOfNode(import.meta.url);',
].join('\n');

/** @returns the URL of the compiled entry, or null where nothing can be written: the sources must do, then */
export const compiledEntry = () => compiled('cli/main.ts', rooms);

/**
 * A program that a test starts again and again.
 *
 * @param source its path from here on, in test/
 * @returns as {@link compiledEntry}
 */
export const compiledForTest = (source) => compiled(source, [...rooms, 'test']);

async function compiled(source, ownRooms) {
  const name = source.replace(/(\/main)?\.ts$/, '').replaceAll('/', '-');
  const folder = join(root, '.cache', `${name}-${stateOfSources(ownRooms)}`);
  const entry = join(folder, 'main.mjs');
  if (!existsSync(entry)) {
    try {
      await compileInto(folder, source, ownRooms);
    } catch (error) {
      if (['EACCES', 'EROFS', 'EPERM', 'ENOSPC'].includes(error.code)) return null;
      throw error;
    }
  }
  return pathToFileURL(entry).href;
}

/** Names, sizes and times of all sources: what a build system would look at. And what npm has installed. */
function stateOfSources(ownRooms) {
  const hash = createHash('sha256');
  for (const room of ownRooms) {
    const names = readdirSync(join(root, room), { recursive: true, encoding: 'utf8' });
    for (const name of names.filter((one) => one.endsWith('.ts')).sort()) {
      const { size, mtimeMs } = statSync(join(root, room, name));
      hash.update(`${room}/${name} ${size} ${mtimeMs}\n`);
    }
  }
  for (const name of ['package.json', 'cli/compiled.mjs']) hash.update(readFileSync(join(root, name)));
  for (const installed of ['node_modules/.package-lock.json', '../.package-lock.json']) {
    const path = join(root, installed);
    if (existsSync(path)) hash.update(readFileSync(path));
  }
  return hash.digest('hex').slice(0, 16);
}

async function compileInto(folder, source, ownRooms) {
  const { build } = await import('esbuild');
  mkdirSync(join(root, '.cache'), { recursive: true });
  const draft = `${folder}.${process.pid}`;
  /** Not of a package, ours being one itself wherever it is installed. */
  const isOwn = (path) => ownRooms.includes(relative(root, path).split(sep)[0]);
  try {
    await build({
      absWorkingDir: root,
      entryPoints: { main: source, ...threads },
      outdir: draft,
      outExtension: { '.js': '.mjs' },
      bundle: true,
      splitting: true,
      banner: { js: requireOfNode },
      format: 'esm',
      platform: 'node',
      target: 'node20',
      sourcemap: 'linked',
      logLevel: 'silent',
      plugins: [keepUrls(isOwn), leavePackages(isOwn), { name: 'fetch-of-ipfs', setup: nameFetch }],
    });
    renameSync(draft, folder);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    // Another command was quicker.
    if (!existsSync(join(folder, 'main.mjs'))) throw error;
  }
  removeOld();
}

/** A module finds its files (contracts, samples) by where its source is, wherever its code has gone. */
const keepUrls = (isOwn) => ({
  name: 'own-urls',
  setup({ onLoad }) {
    onLoad({ filter: /\.ts$/ }, ({ path }) => {
      if (!isOwn(path)) return null;
      const source = readFileSync(path, 'utf8');
      // Its other members would say where the code is, not the source.
      if (/import\.meta\b(?!\.url\b)/.test(source)) throw new Error(`${path}: use import.meta.url alone`);
      return { contents: withOwnUrls(source, path), loader: 'ts' };
    });
  },
});

/** What our own code asks for by name, but for what is compiled in. */
const leavePackages = (isOwn) => ({
  name: 'packages',
  setup({ onResolve }) {
    onResolve({ filter: /^[^./#]/ }, ({ path, importer, kind }) => {
      if (kind === 'entry-point' || !isOwn(importer)) return null;
      const inside = compiledIn.some((name) => path === name || path.startsWith(`${name}/`));
      return inside ? null : { path, external: true };
    });
  },
});

/** ipfs-http-client chooses its fetch by names that it computes, which no compiler can follow. Here it is Node's. */
function nameFetch({ onLoad }) {
  const chosen = [
    [/ipfs-utils[\\/]src[\\/]http[\\/]fetch\.js$/, './fetch.node'],
    [/ipfs-utils[\\/]src[\\/]fetch\.js$/, 'native-fetch'],
  ];
  for (const [filter, name] of chosen) {
    onLoad({ filter }, () => ({ contents: `module.exports = require('${name}');` }));
  }
}

function withOwnUrls(source, path) {
  const own = JSON.stringify(pathToFileURL(path).href);
  return source.replaceAll(/(new URL\('\.\/([\w-]+)\.ts', )?import\.meta\.url/g, (_, begin = '', name = '') =>
    // A thread's code is compiled too, and then beside the code that starts it.
    name in threads ? `new URL('./${name}.mjs', import.meta.url` : `${begin}${own}`,
  );
}

/** Not at once: a process that still runs loads more of its own state's code when it needs it. */
function removeOld() {
  for (const name of readdirSync(join(root, '.cache'))) {
    const path = join(root, '.cache', name);
    if (!/^(cli|test-[\w-]+)-[0-9a-f]{16}$/.test(name) || Date.now() - statSync(path).mtimeMs < dayMillis)
      continue;
    rmSync(path, { recursive: true, force: true });
  }
}
