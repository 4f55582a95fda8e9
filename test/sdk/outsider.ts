/** A project of someone else's: an empty folder with our package as npm would install it, and no TypeScript at run time. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { transform } from 'esbuild';
import ts from 'typescript';
import { buildSdk } from '../../scripts/sdk/build.ts';

export type Outsider = Readonly<{
  folder: string;
  /** What the compiler says of sources there, by the types that the package exports: each with its source's name. */
  compile(sources: Readonly<Record<string, string>>): string[];
  /** Takes a source's types away, and puts it there. */
  take(name: string, source: string): Promise<void>;
  run(name: string, args: readonly string[], env?: Record<string, string>): Promise<Ran>;
  remove(): void;
}>;
export type Ran = Readonly<{ code: number | null; lines: Record<string, unknown>[]; errors: string }>;

const root = resolve(import.meta.dirname, '../..');
/** What our package asks for and the SDK needs, or the examples import themselves. */
const needed = [
  ...['zod', 'ethers', 'multiformats', 'eventsource-parser'],
  ...['@noble/ciphers', '@noble/curves', '@noble/hashes'],
  ...['@types/node', 'undici-types'],
];

export async function outsider(): Promise<Outsider> {
  const folder = mkdtempSync(join(tmpdir(), 'tributary-outsider-'));
  const modules = join(folder, 'node_modules');
  const own = join(modules, 'tributary');
  mkdirSync(own, { recursive: true });
  cpSync(join(root, 'package.json'), join(own, 'package.json'));
  await buildSdk(root, join(own, 'dist'));
  for (const name of needed) {
    mkdirSync(dirname(join(modules, name)), { recursive: true });
    symlinkSync(join(root, 'node_modules', name), join(modules, name));
  }
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'outsider', type: 'module' }));
  return {
    folder,
    compile: (sources) => diagnosticsOf(folder, sources),
    async take(name, source) {
      const { code } = await transform(source, { loader: 'ts', target: 'es2023' });
      writeFileSync(join(folder, `${name}.js`), code);
    },
    run: (name, args, env = {}) => run(folder, [name, ...args], env),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function diagnosticsOf(folder: string, sources: Readonly<Record<string, string>>): string[] {
  const files = Object.entries(sources).map(([name, source]) => {
    const file = join(folder, `${name}.mts`);
    writeFileSync(file, source);
    return file;
  });
  const program = ts.createProgram(files, {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    types: ['node'],
    typeRoots: [join(root, 'node_modules', '@types')],
  });
  return ts.getPreEmitDiagnostics(program).map(({ file, messageText }) => {
    const name = basename(file?.fileName ?? '', '.mts');
    return `${name}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`;
  });
}

async function run(folder: string, args: readonly string[], env: Record<string, string>): Promise<Ran> {
  const child = spawn(process.execPath, args, {
    cwd: folder,
    env: { ...process.env, NODE_OPTIONS: '', ...env },
  });
  let [output, errors] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  const lines = output.split('\n').filter((line) => line !== '');
  return { code, lines: lines.map((line) => JSON.parse(line) as Record<string, unknown>), errors };
}
