/** Which modifiers stand on which function: a test reads them, to find every function that asks for a role. */
import { testPrefix, type Compilation } from './solidity.ts';

/** @returns by `Contract.function`, those of our own contracts and of the library files whose trees are asked for */
export function guardsOf({ sources }: Compilation): Record<string, string[]> {
  const guards: Record<string, string[]> = {};
  for (const [file, { ast }] of Object.entries(sources)) {
    if (file.startsWith(testPrefix)) continue;
    for (const { nodeType, name: contract = '', nodes = [] } of ast?.nodes ?? []) {
      if (nodeType !== 'ContractDefinition') continue;
      for (const { nodeType: kind, name = '', modifiers = [] } of nodes) {
        if (kind !== 'FunctionDefinition' || modifiers.length === 0) continue;
        guards[`${contract}.${name}`] = modifiers.map(({ modifierName }) => modifierName.name);
      }
    }
  }
  return guards;
}
