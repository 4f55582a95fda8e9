/** Where a contract's immutable values stand in its code, by the names that the sources give them. */
import type { AstNode, Compilation, CompiledContract } from './solidity.ts';

/** Bytes of a value in the code, whatever its type. */
const WORD = 32;

/** @returns offsets into the runtime code of every use of each immutable value */
export function immutablesOf(
  { immutableReferences = {} }: CompiledContract['evm']['deployedBytecode'],
  { sources }: Compilation,
): Record<string, number[]> {
  const names = new Map<number, string>();
  for (const { ast } of Object.values(sources)) if (ast) collect(ast, names);
  const found: Record<string, number[]> = {};
  for (const [id, places] of Object.entries(immutableReferences)) {
    const name = names.get(Number(id));
    if (name === undefined) throw new Error(`the immutable value ${id} has no name: ask for its syntax tree`);
    if (name in found) throw new Error(`two immutable values are called ${name}`);
    if (places.some(({ length }) => length !== WORD))
      throw new Error(`${name} takes other than ${WORD} bytes`);
    found[name] = places.map(({ start }) => start);
  }
  return found;
}

function collect(node: AstNode, names: Map<number, string>): void {
  if (node.mutability === 'immutable' && node.id !== undefined) names.set(node.id, node.name ?? '');
  for (const child of node.nodes ?? []) collect(child, names);
}
