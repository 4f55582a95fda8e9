/**
 * Compiles the contracts when they changed: artifacts (ignored by git) and typed bindings (committed).
 * `--check` writes no binding and fails when one is stale; `--quiet` does not say that it compiles.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { guardsOf } from './guards.ts';
import { immutablesOf } from './immutables.ts';
import { compile, compilerSettings, readSources, type Compilation } from './solidity.ts';

const root = join(import.meta.dirname, '..');
const artifactFolder = join(root, 'contracts', 'artifacts');
const bindingFolder = join(root, 'contracts', 'bindings');
const stampFile = join(artifactFolder, 'stamp.json');

/** What the artifacts on disk were made from, and the bindings that belong to them. */
type Stamp = Readonly<{
  key: string;
  contracts: readonly string[];
  bindings: Readonly<Record<string, string>>;
  /** The modifiers of each function, `Contract.function`, of ours and of the manager of roles: who is kept from what. */
  guards: Readonly<Record<string, readonly string[]>>;
}>;

const checking = process.argv.includes('--check');
const quiet = process.argv.includes('--quiet');
process.exitCode = await main();

async function main(): Promise<number> {
  const current = await freshStamp();
  const stale = staleBindings(current);
  if (stale.length === 0) return 0;
  if (checking) {
    console.error(`Stale, run "node --import tsx scripts/compile-contracts.ts": ${stale.join(', ')}`);
    return 1;
  }
  mkdirSync(bindingFolder, { recursive: true });
  for (const file of stale) writeFileSync(join(bindingFolder, file), current.bindings[file] ?? '');
  return 0;
}

/** The stamp of artifacts that belong to the sources, compiled if need be. */
async function freshStamp(): Promise<Stamp> {
  const sources = readSources();
  const key = cacheKey(sources);
  const stamp = readStamp();
  if (stamp?.key === key && stamp.contracts.every((name) => existsSync(artifactFile(name)))) return stamp;
  if (!quiet) console.error('Compiling the contracts: half a minute, once for each change of them.');
  return writeArtifacts(key, compile(sources));
}

/** Everything that decides the output: sources, settings, compiler, library and these scripts. */
function cacheKey(sources: Readonly<Record<string, string>>): string {
  const require = createRequire(import.meta.url);
  const scripts = ['solidity.ts', 'bindings.ts', 'immutables.ts', 'guards.ts', 'compile-contracts.ts'];
  const parts = [
    JSON.stringify(sources),
    JSON.stringify(compilerSettings),
    readFileSync(require.resolve('solc/package.json'), 'utf8'),
    readFileSync(require.resolve('@openzeppelin/contracts/package.json'), 'utf8'),
    ...scripts.map((file) => readFileSync(join(import.meta.dirname, file), 'utf8')),
  ];
  return createHash('sha256').update(parts.join('\0')).digest('hex');
}

function readStamp(): Stamp | undefined {
  return existsSync(stampFile) ? (JSON.parse(readFileSync(stampFile, 'utf8')) as Stamp) : undefined;
}

/** Loaded only when something has to be compiled: ethers and prettier take longer than the whole fresh case. */
async function writeArtifacts(key: string, compilation: Compilation): Promise<Stamp> {
  mkdirSync(artifactFolder, { recursive: true });
  const contracts: string[] = [];
  for (const [file, named] of Object.entries(compilation.contracts)) {
    if (file.startsWith('@')) continue;
    for (const [name, { abi, evm }] of Object.entries(named)) {
      if (evm.bytecode.object === '') continue;
      const artifact = {
        name,
        abi,
        bytecode: `0x${evm.bytecode.object}`,
        deployedBytecode: `0x${evm.deployedBytecode.object}`,
        immutables: immutablesOf(evm.deployedBytecode, compilation),
      };
      writeWhole(artifactFile(name), JSON.stringify(artifact));
      contracts.push(name);
    }
  }
  const stamp = { key, contracts, bindings: await bindings(compilation), guards: guardsOf(compilation) };
  writeWhole(stampFile, JSON.stringify(stamp));
  return stamp;
}

async function bindings(compilation: Compilation): Promise<Record<string, string>> {
  const { bindingsOf, boundContracts } = await import('./bindings.ts');
  const prettier = await import('prettier');
  const options = await prettier.resolveConfig(join(bindingFolder, 'any.ts'));
  const texts = boundContracts.map(async (name) => {
    const text = bindingsOf(name, compilation);
    return [bindingFile(name), await prettier.format(text, { ...options, parser: 'typescript' })] as const;
  });
  return Object.fromEntries(await Promise.all(texts));
}

function staleBindings(stamp: Stamp): string[] {
  return Object.entries(stamp.bindings)
    .filter(([file, text]) => {
      const path = join(bindingFolder, file);
      return !existsSync(path) || readFileSync(path, 'utf8') !== text;
    })
    .map(([file]) => file);
}

/** Somebody may be deploying from these files: they are never seen half written. */
function writeWhole(path: string, text: string): void {
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, text);
  renameSync(draft, path);
}

function artifactFile(name: string): string {
  return join(artifactFolder, `${name}.json`);
}

function bindingFile(name: string): string {
  return `${name.replace(/(?<=[a-z0-9])[A-Z]/g, (letter) => `-${letter}`).toLowerCase()}.ts`;
}
