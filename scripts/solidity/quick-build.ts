/**
 * Compiles changed contracts in about a second: only those that depend on the change, and without the optimiser, which
 * takes most of the time. What the contracts do is the same; their size and gas are not, so chains lift those limits.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compilerOutput, type Compilation } from '../solidity.ts';

type Sources = Readonly<Record<string, string>>;
type Settings = Readonly<Record<string, unknown>>;

/** The compiler's first back end has no optimiser to wait for; deep expressions can be too much for it. */
const direct: Settings = { evmVersion: 'cancun', viaIR: false, optimizer: { enabled: false } };

/** The other back end with the one step that deep stacks need; several times slower. */
const deep: Settings = {
  evmVersion: 'cancun',
  viaIR: true,
  optimizer: {
    enabled: true,
    details: { yul: true, yulDetails: { stackAllocation: true, optimizerSteps: 'u:' } },
  },
};
const STACK_TOO_DEEP = /stack too deep/i;

/** A contract by its name, as contracts/artifact.ts reads it. */
export type Artifacts = ReadonlyMap<string, string>;

/** Compiles some files of a set of sources; null when they are no valid program. */
export type QuickBuild = (sources: Sources, files: readonly string[]) => Artifacts | null;

/**
 * @param sources the unchanged program, by which the quicker back end that can compile it is chosen
 * @returns the build, and what it makes of all the sources
 * @throws Error with the compiler's messages when neither can
 */
export function quickBuildOf(sources: Sources): { build: QuickBuild; all: Artifacts } {
  const everything = Object.keys(sources);
  const first = artifactsOf(sources, everything, direct);
  if (typeof first !== 'string') return { build: buildWith(direct), all: first };
  if (!STACK_TOO_DEEP.test(first)) throw new Error(first);
  const second = artifactsOf(sources, everything, deep);
  if (typeof second === 'string') throw new Error(second);
  return { build: buildWith(deep), all: second };
}

function buildWith(settings: Settings): QuickBuild {
  return (sources, files) => {
    const made = artifactsOf(sources, files, settings);
    return typeof made === 'string' ? null : made;
  };
}

/** @returns the compiler's errors instead when there are any; warnings are nobody's business here */
function artifactsOf(sources: Sources, files: readonly string[], settings: Settings): Artifacts | string {
  const outputs = { '*': ['abi', 'evm.bytecode.object', 'evm.deployedBytecode.object'] };
  const output = compilerOutput(sources, {
    ...settings,
    // No hash of the sources at the end of the code: equal code is then the same program.
    metadata: { appendCBOR: false },
    outputSelection: Object.fromEntries(files.map((file) => [file, outputs])),
  });
  const errors = output.errors.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) return errors.map(({ formattedMessage }) => formattedMessage).join('\n');
  return new Map(files.flatMap((file) => artifactsIn(output, file)));
}

function artifactsIn({ contracts }: Compilation, file: string): [string, string][] {
  return Object.entries(contracts[file] ?? {})
    .filter(([, { evm }]) => evm.bytecode.object !== '')
    .map(([name, { abi, evm }]) => {
      const bytecode = `0x${evm.bytecode.object}`;
      const deployedBytecode = `0x${evm.deployedBytecode.object}`;
      return [name, JSON.stringify({ name, abi, bytecode, deployedBytecode })];
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
