/**
 * Compiles changed contracts, most of them in about a second: only those that depend on the change, and without the optimiser, which
 * takes most of the time. What the contracts do is the same; their size and gas are not, so chains lift those limits.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { immutablesOf } from '../immutables.ts';
import { compilerOutput, libraryTrees, outputs, type Compilation } from '../solidity.ts';

type Sources = Readonly<Record<string, string>>;
type Settings = Readonly<Record<string, unknown>>;

/** The compiler's first back end has no optimiser to wait for; deep expressions can be too much for it. */
const direct: Settings = { evmVersion: 'cancun', viaIR: false, optimizer: { enabled: false } };

/** The other back end with the one step that deep stacks need, and none besides; ten times slower. */
const deep: Settings = {
  evmVersion: 'cancun',
  viaIR: true,
  optimizer: {
    enabled: true,
    details: {
      ...{ peephole: false, inliner: false, jumpdestRemover: false, orderLiterals: false },
      ...{ deduplicate: false, cse: false, constantOptimizer: false },
      yul: true,
      yulDetails: { stackAllocation: true, optimizerSteps: 'u:' },
    },
  },
};
const STACK_TOO_DEEP = /stack too deep/i;

/** A contract by its name, as contracts/artifact.ts reads it. */
export type Artifacts = ReadonlyMap<string, string>;

/** Compiles some files of a set of sources; null when they are no valid program. */
export type QuickBuild = (sources: Sources, files: readonly string[]) => Artifacts | null;

/**
 * @param sources the unchanged program, by which each file's back end is chosen: the quicker one that can compile it
 * @returns the build, and what it makes of all the sources
 * @throws Error with the compiler's messages when neither can
 */
export function quickBuildOf(sources: Sources): { build: QuickBuild; all: Artifacts } {
  const everything = Object.keys(sources);
  const tooDeep = filesTooDeep(sources, everything);
  const all = buildBy(sources, everything, tooDeep);
  if (typeof all === 'string') throw new Error(all);
  const build: QuickBuild = (changed, files) => {
    const made = buildBy(changed, files, tooDeep);
    return typeof made === 'string' ? null : made;
  };
  return { build, all };
}

/** One such file is an error for all that are compiled with it. */
function filesTooDeep(sources: Sources, files: readonly string[]): ReadonlySet<string> {
  const isTooDeep = (some: readonly string[]): boolean => {
    const made = artifactsOf(sources, some, direct);
    return typeof made === 'string' && STACK_TOO_DEEP.test(made);
  };
  return new Set(isTooDeep(files) ? files.filter((file) => isTooDeep([file])) : []);
}

function buildBy(
  sources: Sources,
  files: readonly string[],
  tooDeep: ReadonlySet<string>,
): Artifacts | string {
  const parts = [
    [files.filter((file) => !tooDeep.has(file)), direct],
    [files.filter((file) => tooDeep.has(file)), deep],
  ] as const;
  const made = new Map<string, string>();
  for (const [some, settings] of parts) {
    const artifacts = some.length === 0 ? made : artifactsOf(sources, some, settings);
    if (typeof artifacts === 'string') return artifacts;
    for (const [name, text] of artifacts) made.set(name, text);
  }
  return made;
}

/** @returns the compiler's errors instead when there are any; warnings are nobody's business here */
function artifactsOf(sources: Sources, files: readonly string[], settings: Settings): Artifacts | string {
  const output = compilerOutput(sources, {
    ...settings,
    // No hash of the sources at the end of the code: equal code is then the same program.
    metadata: { appendCBOR: false },
    outputSelection: Object.fromEntries<unknown>([
      // An immutable value has its name in the file that declares it, which need not be compiled.
      ...[...Object.keys(sources), ...libraryTrees].map((file) => [file, { '': ['ast'] }] as const),
      ...files.map((file) => [file, outputs] as const),
    ]),
  });
  const errors = output.errors.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) return errors.map(({ formattedMessage }) => formattedMessage).join('\n');
  return new Map(files.flatMap((file) => artifactsIn(output, file)));
}

function artifactsIn(compilation: Compilation, file: string): [string, string][] {
  return Object.entries(compilation.contracts[file] ?? {})
    .filter(([, { evm }]) => evm.bytecode.object !== '')
    .map(([name, { abi, evm }]) => {
      const bytecode = `0x${evm.bytecode.object}`;
      const deployedBytecode = `0x${evm.deployedBytecode.object}`;
      const immutables = immutablesOf(evm.deployedBytecode, compilation);
      return [name, JSON.stringify({ name, abi, bytecode, deployedBytecode, immutables })];
    });
}

/** @param folder exists */
export function writeArtifacts(folder: string, artifacts: Artifacts): void {
  for (const [name, text] of artifacts) writeFileSync(join(folder, `${name}.json`), text);
}

/** A file, and all that import it, directly or through others. */
export function dependantsOf(file: string, sources: Sources): string[] {
  const found = new Set([file]);
  for (const reached of found) {
    const name = reached.split('/').at(-1) ?? reached;
    const imported = new RegExp(`^import\\b[^;]*["'/]${name.replaceAll('.', '\\.')}["']`, 'm');
    for (const [other, text] of Object.entries(sources)) if (imported.test(text)) found.add(other);
  }
  return [...found];
}
