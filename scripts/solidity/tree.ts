/** The compiler's syntax tree of a Solidity file: nodes with their place in the text, and a walk over them. */
import { compilerOutput, testPrefix } from '../solidity.ts';

/** A node as solc writes it; what else it holds depends on its type. Docs: docs.soliditylang.org, "output-description". */
export type Node = Readonly<{ nodeType: string; src: string; [field: string]: unknown }>;

/** A file's text as bytes, which is what the compiler counts, and its tree. */
export type SourceFile = Readonly<{ file: string; bytes: Buffer; tree: Node }>;

/** From the first byte to after the last. */
export type Range = Readonly<{ start: number; end: number }>;

/** A file of the system that can have statements: no interface, nothing that only tests deploy. */
export function isImplementation(file: string): boolean {
  return !file.startsWith('interfaces/') && !file.startsWith(testPrefix);
}

/**
 * Parses and type-checks without generating code: under a second.
 *
 * @param sources all files by path, those of tests included
 * @returns the implementations, by path
 * @throws Error with the compiler's messages
 */
export function readTrees(sources: Readonly<Record<string, string>>): SourceFile[] {
  const files = Object.keys(sources).filter(isImplementation).sort();
  const output = compilerOutput(sources, {
    outputSelection: Object.fromEntries(files.map((file) => [file, { '': ['ast'] }])),
  });
  const errors = output.errors.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) throw new Error(errors.map((error) => error.formattedMessage).join('\n'));
  return files.map((file) => {
    const tree = output.sources[file]?.ast;
    if (!isNode(tree)) throw new Error(`the compiler gave no syntax tree of ${file}`);
    return { file, bytes: Buffer.from(sources[file] ?? ''), tree };
  });
}

export function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'nodeType' in value && 'src' in value;
}

export function nodeAt(node: Node, field: string): Node | undefined {
  const value = node[field];
  return isNode(value) ? value : undefined;
}

/** A list may hold nulls, as the left side of `(, a) = …` does: they are left out. */
export function nodesAt(node: Node, field: string): Node[] {
  const value = node[field];
  return Array.isArray(value) ? value.filter(isNode) : [];
}

export function textAt(node: Node, field: string): string {
  const value = node[field];
  return typeof value === 'string' ? value : '';
}

/** All nodes directly below, in the order of the text. */
export function childrenOf(node: Node): Node[] {
  return Object.values(node)
    .flatMap((value: unknown) => (Array.isArray(value) ? (value as unknown[]) : [value]))
    .filter(isNode)
    .sort((a, b) => rangeOf(a).start - rangeOf(b).start);
}

export function rangeOf(node: Node): Range {
  const [start = 0, length = 0] = node.src.split(':').map(Number);
  return { start, end: start + length };
}

/** With the semicolon that ends a statement, which the compiler leaves out. */
export function statementRange({ bytes }: SourceFile, statement: Node): Range {
  const { start, end } = rangeOf(statement);
  const rest = /^\s*;/.exec(bytes.toString('latin1', end, end + 200));
  return { start, end: end + (rest?.[0].length ?? 0) };
}

export function sliceOf({ bytes }: SourceFile, { start, end }: Range): string {
  return bytes.toString('utf8', start, end);
}

/** Counted from 1. */
export function lineOf({ bytes }: SourceFile, offset: number): number {
  let line = 1;
  for (let at = bytes.indexOf('\n'); at !== -1 && at < offset; at = bytes.indexOf('\n', at + 1)) line += 1;
  return line;
}

/** A text's words, however it is broken into lines: what a reader recognises it by. */
export function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

/** Functions, constructors and modifiers that have a body, each with its name to show. */
export function bodiesOf({ tree }: SourceFile): { name: string; definition: Node; body: Node }[] {
  const definitions = nodesAt(tree, 'nodes')
    .flatMap((node) => (node.nodeType === 'ContractDefinition' ? nodesAt(node, 'nodes') : [node]))
    .filter(({ nodeType }) => nodeType === 'FunctionDefinition' || nodeType === 'ModifierDefinition');
  return definitions.flatMap((definition) => {
    const body = nodeAt(definition, 'body');
    return body ? [{ name: textAt(definition, 'name') || textAt(definition, 'kind'), definition, body }] : [];
  });
}
