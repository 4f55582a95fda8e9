/** Compiles contracts/src with solc-js. Warnings are errors, so that none is ever overlooked. */
import { readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const require = createRequire(import.meta.url);

const sourceFolder = join(import.meta.dirname, '..', 'contracts', 'src');
/** Contracts that only tests deploy: bad tokens, wallets. */
const testFolder = join(import.meta.dirname, '..', 'test', 'contracts', 'solidity');
export const testPrefix = 'test/';

/** Part of the artifacts' key: a change here compiles again. */
export const compilerSettings = {
  evmVersion: 'cancun',
  viaIR: true,
  optimizer: { enabled: true, runs: 200 },
};

/** What an artifact is made of. Asked for our own files only: to compile the library's again would take as long as ours. */
export const outputs = {
  '*': [
    ...['abi', 'evm.bytecode.object'],
    ...['evm.deployedBytecode.object', 'evm.deployedBytecode.immutableReferences'],
  ],
  '': ['ast'],
};

/** Of these only the syntax tree: their immutable values and their modifiers have names there. */
export const libraryTrees = [
  '@openzeppelin/contracts/utils/cryptography/EIP712.sol',
  '@openzeppelin/contracts/access/manager/AccessManager.sol',
  '@openzeppelin/contracts/access/manager/AccessManaged.sol',
];

/** An item of a JSON ABI, as far as the bindings look at it. */
export type AbiParameter = Readonly<{
  name: string;
  type: string;
  internalType?: string;
  indexed?: boolean;
  components?: readonly AbiParameter[];
}>;
export type AbiItem = Readonly<{
  type: string;
  name?: string;
  inputs?: readonly AbiParameter[];
  outputs?: readonly AbiParameter[];
  stateMutability?: string;
}>;
export type CompiledContract = Readonly<{
  abi: readonly AbiItem[];
  evm: Readonly<{
    bytecode: { object: string };
    deployedBytecode: {
      object: string;
      /** Where each immutable value goes, by the id of its declaration in the syntax tree. */
      immutableReferences?: Readonly<Record<string, readonly Readonly<{ start: number; length: number }>[]>>;
    };
  }>;
}>;
export type AstNode = Readonly<{
  nodeType: string;
  id?: number;
  name?: string;
  nodes?: readonly AstNode[];
  members?: readonly AstNode[];
  /** Of a variable. */
  mutability?: string;
  /** Of a function. */
  modifiers?: readonly Readonly<{ modifierName: Readonly<{ name: string }> }>[];
}>;

/** What one compilation gives: contracts by file and name, syntax trees of our own files and of some of the library. */
export type Compilation = Readonly<{
  contracts: Readonly<Record<string, Readonly<Record<string, CompiledContract>>>>;
  sources: Readonly<Record<string, { ast?: AstNode }>>;
}>;

type Solc = Readonly<{
  compile(
    input: string,
    callbacks: { import: (path: string) => { contents: string } | { error: string } },
  ): string;
}>;
export type Diagnostic = Readonly<{
  formattedMessage: string;
  severity: string;
  errorCode: string;
  sourceLocation?: { file: string };
}>;

/** Every Solidity file of the system and of its tests, by a path to show, with its text. */
export function readSources(): Record<string, string> {
  return { ...readFolder(sourceFolder, ''), ...readFolder(testFolder, testPrefix) };
}

function readFolder(folder: string, prefix: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.sol'))
    .map((file) => file.replaceAll('\\', '/'))
    .sort();
  return Object.fromEntries(files.map((file) => [prefix + file, readFileSync(join(folder, file), 'utf8')]));
}

/** @throws Error with the compiler's own messages, warnings included */
export function compile(sources: Readonly<Record<string, string>>): Compilation {
  const output = compilerOutput(sources, {
    ...compilerSettings,
    outputSelection: Object.fromEntries<unknown>([
      ...Object.keys(sources).map((file) => [file, outputs] as const),
      ...libraryTrees.map((file) => [file, { '': ['ast'] }] as const),
    ]),
  });
  const problems = output.errors.filter((problem) => !isKnownAndHarmless(problem));
  if (problems.length > 0) throw new Error(problems.map((problem) => problem.formattedMessage).join('\n'));
  return output;
}

/** What the compiler says, errors and warnings beside what it made, whatever they are. */
export function compilerOutput(
  sources: Readonly<Record<string, string>>,
  settings: Readonly<Record<string, unknown>>,
): Compilation & Readonly<{ errors: readonly Diagnostic[] }> {
  const solc = require('solc') as Solc;
  const input = {
    language: 'Solidity',
    sources: Object.fromEntries(Object.entries(sources).map(([file, content]) => [file, { content }])),
    settings,
  };
  const output = JSON.parse(
    solc.compile(JSON.stringify(input), { import: readDependency }),
  ) as Partial<Compilation> & { errors?: readonly Diagnostic[] };
  return { contracts: output.contracts ?? {}, sources: output.sources ?? {}, errors: output.errors ?? [] };
}

/** OpenZeppelin's guard clears its transient slot in the same call, which is what this warning asks for. */
function isKnownAndHarmless(problem: Diagnostic): boolean {
  return problem.errorCode === '2394' && problem.sourceLocation?.file.startsWith('@openzeppelin/') === true;
}

function readDependency(path: string): { contents: string } | { error: string } {
  if (!path.startsWith('@openzeppelin/contracts/')) return { error: `${path} is not a dependency` };
  return { contents: readFileSync(require.resolve(path), 'utf8') };
}
