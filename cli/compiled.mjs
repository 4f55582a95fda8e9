// The command as JavaScript, compiled by esbuild once for each state of its sources: a command then starts in a third of
// the time that loading TypeScript module by module takes. Packages stay packages. Plain Node.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const rooms = [
  ...['crypto', 'protocol', 'contracts', 'datasets', 'model'],
  ...['coordinator', 'client', 'buyer', 'auditor', 'cli'],
];
const dayMillis = 86_400_000;

/** What is started as a thread, by its name: sources write `new URL('./NAME.ts', import.meta.url)` beside it. */
const threads = { 'unmasking-worker': 'model/unmasking/unmasking-worker.ts' };

/** @returns the URL of the compiled entry, or null where nothing can be written: the sources must do, then */
export async function compiledEntry() {
  const folder = join(root, '.cache', `cli-${stateOfSources()}`);
  const entry = join(folder, 'main.mjs');
  if (!existsSync(entry)) {
    try {
      await compileInto(folder);
    } catch (error) {
      if (['EACCES', 'EROFS', 'EPERM', 'ENOSPC'].includes(error.code)) return null;
      throw error;
    }
  }
  return pathToFileURL(entry).href;
}

/** Names, sizes and times of all sources: what a build system would look at. */
function stateOfSources() {
  const hash = createHash('sha256');
  for (const room of rooms) {
    const names = readdirSync(join(root, room), { recursive: true, encoding: 'utf8' });
    for (const name of names.filter((one) => one.endsWith('.ts')).sort()) {
      const { size, mtimeMs } = statSync(join(root, room, name));
      hash.update(`${room}/${name} ${size} ${mtimeMs}\n`);
    }
  }
  hash.update(readFileSync(join(root, 'package.json')));
  return hash.digest('hex').slice(0, 16);
}

async function compileInto(folder) {
  const { build } = await import('esbuild');
  mkdirSync(join(root, '.cache'), { recursive: true });
  const draft = `${folder}.${process.pid}`;
  try {
    await build({
      absWorkingDir: root,
      entryPoints: { main: 'cli/main.ts', ...threads },
      outdir: draft,
      outExtension: { '.js': '.mjs' },
      bundle: true,
      splitting: true,
      packages: 'external',
      format: 'esm',
      platform: 'node',
      target: 'node20',
      sourcemap: 'linked',
      logLevel: 'silent',
      plugins: [{ name: 'own-urls', setup: keepUrls }],
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
function keepUrls({ onLoad }) {
  onLoad({ filter: /\.ts$/ }, ({ path }) => {
    const source = readFileSync(path, 'utf8');
    // Its other members would say where the code is, not the source.
    if (/import\.meta\b(?!\.url\b)/.test(source)) throw new Error(`${path}: use import.meta.url alone`);
    return { contents: withOwnUrls(source, path), loader: 'ts' };
  });
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
    if (!name.startsWith('cli-') || Date.now() - statSync(path).mtimeMs < dayMillis) continue;
    rmSync(path, { recursive: true, force: true });
  }
}
