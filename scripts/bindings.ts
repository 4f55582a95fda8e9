/** Typed bindings from the ABI: one TypeScript file a contract, committed, so that a change of an interface shows. */
import { Interface } from 'ethers';
import type { AbiItem, AbiParameter, AstNode, Compilation } from './solidity.ts';

/** The contracts that the rest of the house talks to. */
export const boundContracts = [
  'DatasetRegistry',
  'AccessToken',
  'TrainingEscrow',
  'Administration',
  'OpeningPolicy',
  'Disputes',
  'SeatReader',
  'TestCoin',
];

/** @returns the text of the bindings of one contract, not yet formatted */
export function bindingsOf(name: string, compilation: Compilation): string {
  const contract = compilation.contracts[`${name}.sol`]?.[name];
  if (contract === undefined) throw new Error(`contracts/src has no ${name}`);
  const abi = withoutOverloads(contract.abi);
  const structs = new Map<string, string>();
  const enums = new Set<string>();
  const typeOf = (parameter: AbiParameter): string => typescriptType(parameter, structs, enums);

  const functions = abi.filter((item) => item.type === 'function');
  const reads = functions.filter(isRead).map((item) => method(item, typeOf));
  const writes = functions.filter((item) => !isRead(item)).map((item) => method(item, typeOf));
  const events = abi
    .filter((item) => item.type === 'event')
    .map((item) => `${item.name}: ${object(item.inputs ?? [], typeOf)};`);
  const constructorTypes = (abi.find((item) => item.type === 'constructor')?.inputs ?? []).map(
    (parameter) => `${parameter.name}: ${typeOf(parameter)}`,
  );

  const body = `${[...enums].map((path) => enumConstant(path, compilation)).join('\n')}
${[...structs].map(([struct, type]) => `export type ${struct} = ${type};\n`).join('\n')}
/** Arguments of the constructor, in order. */
export type ${name}Constructor = readonly [${constructorTypes.join(', ')}];

/** Calls that change nothing. */
export type ${name}Reads = {${reads.join('\n')}};

/** Transactions; the result is what a simulation returns. */
export type ${name}Writes = {${writes.join('\n')}};

export type ${name}Events = {${events.join('\n')}};

export const ${lowerFirst(name)}: TypedAbi<${name}Reads, ${name}Writes, ${name}Events, ${name}Constructor> = {
  name: '${name}',
  abi: ${JSON.stringify(new Interface(abi).format())},
};
`;
  return `/** Generated from contracts/src by scripts/compile-contracts.ts; do not edit. */
import type { TypedAbi } from '../typed-abi.ts';
${unitsOf(body)}
${body}`;
}

function unitsOf(body: string): string {
  const units = ['Address', 'Bytes32', 'Hex'].filter((unit) => new RegExp(`\\b${unit}\\b`).test(body));
  return units.length === 0 ? '' : `import type { ${units.join(', ')} } from '#protocol/units.ts';\n`;
}

/** Keeps the shortest of functions that share a name: a typed method can have one meaning only. */
function withoutOverloads(abi: readonly AbiItem[]): AbiItem[] {
  const shortest = new Map<string, AbiItem>();
  for (const item of abi.filter((item) => item.type === 'function')) {
    const kept = shortest.get(item.name ?? '');
    if (!kept || (item.inputs?.length ?? 0) < (kept.inputs?.length ?? 0)) shortest.set(item.name ?? '', item);
  }
  return abi.filter((item) => item.type !== 'function' || shortest.get(item.name ?? '') === item);
}

function isRead(item: AbiItem): boolean {
  return item.stateMutability === 'view' || item.stateMutability === 'pure';
}

function method(item: AbiItem, typeOf: (parameter: AbiParameter) => string): string {
  const inputs = (item.inputs ?? []).map(
    (input, index) => `${parameterName(input, index)}: ${typeOf(input)}`,
  );
  const outputs = item.outputs ?? [];
  const [first] = outputs;
  const result =
    first === undefined ? 'void' : outputs.length === 1 ? typeOf(first) : object(outputs, typeOf);
  return `${item.name}(${inputs.join(', ')}): ${result};`;
}

function parameterName(parameter: AbiParameter, index: number): string {
  return parameter.name === '' ? `value${index}` : parameter.name;
}

function object(fields: readonly AbiParameter[], typeOf: (parameter: AbiParameter) => string): string {
  if (fields.length === 0) return 'Readonly<Record<string, never>>';
  return `Readonly<{ ${fields.map((field, index) => `${parameterName(field, index)}: ${typeOf(field)}`).join('; ')} }>`;
}

/** The type that contracts/abi-values.ts gives a value of this Solidity type. */
function typescriptType(parameter: AbiParameter, structs: Map<string, string>, enums: Set<string>): string {
  const array = /^(.*)\[\d*\]$/.exec(parameter.type);
  if (array?.[1] !== undefined) {
    const internalType = parameter.internalType?.replace(/\[\d*\]$/, '');
    const element = { ...parameter, type: array[1], ...(internalType === undefined ? {} : { internalType }) };
    return `ReadonlyArray<${typescriptType(element, structs, enums)}>`;
  }
  if (parameter.type === 'tuple') {
    const name = parameter.internalType?.split('.').at(-1)?.replace('struct ', '') ?? '';
    structs.set(
      name,
      object(parameter.components ?? [], (part) => typescriptType(part, structs, enums)),
    );
    return name;
  }
  if (parameter.internalType?.startsWith('enum ')) enums.add(parameter.internalType.slice('enum '.length));
  const integer = /^u?int(\d+)$/.exec(parameter.type);
  if (integer) return Number(integer[1]) <= 48 ? 'number' : 'bigint';
  if (parameter.type === 'bool') return 'boolean';
  if (parameter.type === 'string') return 'string';
  if (parameter.type === 'address') return 'Address';
  return parameter.type === 'bytes32' ? 'Bytes32' : 'Hex';
}

/** The ABI knows an enum only as a number; its names are in the syntax tree. */
function enumConstant(path: string, compilation: Compilation): string {
  const name = path.split('.').at(-1) ?? path;
  const declared = Object.values(compilation.sources)
    .map(({ ast }) => ast && findEnum(ast, name))
    .find((node) => node !== undefined);
  const members = (declared?.members ?? []).map((member, value) => `${member.name}: ${value}`);
  return `/** Values of the Solidity enum ${path}. */\nexport const ${name} = { ${members.join(', ')} } as const;\n`;
}

function findEnum(node: AstNode, name: string): AstNode | undefined {
  if (node.nodeType === 'EnumDefinition' && node.name === name) return node;
  for (const child of node.nodes ?? []) {
    const found = findEnum(child, name);
    if (found) return found;
  }
  return undefined;
}

function lowerFirst(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}
