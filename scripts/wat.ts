/**
 * Assembles the part of the WebAssembly text format that crypto/wasm/ uses: functions of folded instructions over one
 * imported memory. Source: WebAssembly Core 2.0, chapters 5 (binary) and 6 (text). What it does not know, it refuses.
 */

type Node = string | readonly Node[];

const valueTypes: Readonly<Record<string, number>> = { i32: 0x7f, i64: 0x7e, v128: 0x7b };

const plain: Readonly<Record<string, readonly number[]>> = {
  'i32.lt_u': [0x49],
  'i32.add': [0x6a],
  'i32.sub': [0x6b],
  'i32.and': [0x71],
  'i32.shr_u': [0x76],
  'i64.add': [0x7c],
  'i64.sub': [0x7d],
  'i64.and': [0x83],
  'i64.or': [0x84],
  'i64.shl': [0x86],
  'i64.shr_u': [0x88],
  'i32.wrap_i64': [0xa7],
  'i64.extend_i32_u': [0xad],
  'i8x16.swizzle': [0xfd, 14],
  'i32x4.shr_u': [0xfd, ...leb(173)],
  'i32x4.add': [0xfd, ...leb(174)],
  'i32x4.sub': [0xfd, ...leb(177)],
  'i32x4.mul': [0xfd, ...leb(181)],
};

/** Opcode, and the exponent of the natural alignment: an access may promise less, and here it promises nothing. */
const memory: Readonly<Record<string, readonly number[]>> = {
  'i32.load': [0x28],
  'i64.load': [0x29],
  'i64.load32_u': [0x35],
  'i32.store': [0x36],
  'i64.store': [0x37],
  'v128.load': [0xfd, 0],
  'v128.store': [0xfd, 11],
};

const section = { type: 1, import: 2, function: 3, export: 7, code: 10 };

/** The module's bytes. @throws Error at anything that is not understood */
export function assemble(text: string): Uint8Array<ArrayBuffer> {
  const [module, ...rest] = parse(text);
  const [keyword, imported, ...functions] = list(module);
  if (keyword !== 'module' || rest.length > 0) throw new Error('expected one module');
  const assembled = functions.map(assembleFunction);
  const bytes = [
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...part(section.type, vector(assembled.map(({ type }) => type))),
    ...part(section.import, vector([memoryImport(imported)])),
    ...part(section.function, vector(assembled.map((_, i) => leb(i)))),
    ...part(section.export, vector(assembled.map(({ name }, i) => [...name, 0x00, ...leb(i)]))),
    ...part(section.code, vector(assembled.map(({ code }) => sized(code)))),
  ];
  return Uint8Array.from(bytes);
}

/** (import "a" "b" (memory PAGES)) */
function memoryImport(node: Node | undefined): number[] {
  const [keyword, module, field, what] = list(node);
  const [kind, pages] = list(what);
  if (keyword !== 'import' || kind !== 'memory') throw new Error('expected the import of a memory');
  return [...quoted(module), ...quoted(field), 0x02, 0x00, ...leb(Number(word(pages)))];
}

function assembleFunction(node: Node) {
  const [keyword, exported, ...rest] = list(node);
  const [exportKeyword, name] = list(exported);
  if (keyword !== 'func' || exportKeyword !== 'export') throw new Error('expected an exported function');
  const names: string[] = [];
  const declared = { param: [] as number[], local: [] as number[] };
  const body: number[] = [];
  for (const item of rest) {
    const [head, label, type] = list(item);
    if (head === 'param' || head === 'local') {
      names.push(word(label));
      declared[head].push(known(valueTypes, word(type)));
    } else {
      body.push(...instruction(item, names, []));
    }
  }
  const locals = vector(declared.local.map((type) => [1, type]));
  return {
    name: quoted(name),
    type: [0x60, ...vector(declared.param.map((type) => [type])), 0],
    code: [...locals, ...body, 0x0b],
  };
}

/** @param labels of the enclosing loops, the innermost first */
function instruction(node: Node, locals: readonly string[], labels: readonly string[]): number[] {
  const [head, ...rest] = list(node);
  const name = word(head);
  const operands = (nodes: readonly Node[]) => nodes.flatMap((one) => instruction(one, locals, labels));
  const [first, ...others] = rest;
  if (name in plain) return [...operands(rest), ...known(plain, name)];
  if (name in memory) {
    const offset = typeof first === 'string' ? /^offset=(\d+)$/.exec(first)?.[1] : undefined;
    const access = [...known(memory, name), 0, ...leb(Number(offset ?? 0))];
    return [...operands(offset === undefined ? rest : others), ...access];
  }
  switch (name) {
    case 'local.get':
      return [0x20, ...leb(place(locals, first))];
    case 'local.set':
      return [...operands(others), 0x21, ...leb(place(locals, first))];
    case 'i32.const':
      return [0x41, ...small(first)];
    case 'i64.const':
      return [0x42, ...small(first)];
    case 'br_if':
      return [...operands(others), 0x0d, ...leb(place(labels, first))];
    case 'loop':
      return [
        0x03,
        0x40,
        ...others.flatMap((one) => instruction(one, locals, [word(first), ...labels])),
        0x0b,
      ];
    default:
      throw new Error(`an instruction that is not known here: ${name}`);
  }
}

function parse(text: string): Node[] {
  const tokens = text.replaceAll(/;;.*/g, '').match(/[()]|"[^"]*"|[^\s()"]+/g) ?? [];
  const stack: Node[][] = [[]];
  for (const token of tokens) {
    if (token === '(') {
      stack.push([]);
    } else if (token === ')') {
      const done = stack.pop() ?? [];
      const outer = stack.at(-1);
      if (outer === undefined) throw new Error('a parenthesis too many');
      outer.push(done);
    } else {
      stack.at(-1)?.push(token);
    }
  }
  if (stack.length !== 1) throw new Error('a parenthesis too few');
  return stack[0] ?? [];
}

function list(node: Node | undefined): readonly Node[] {
  if (node === undefined || typeof node === 'string')
    throw new Error(`expected a list, not ${node ?? 'nothing'}`);
  return node;
}

function word(node: Node | undefined): string {
  if (typeof node !== 'string') throw new Error('expected a word');
  return node;
}

function quoted(node: Node | undefined): number[] {
  const text = /^"([\w ]+)"$/.exec(word(node))?.[1];
  if (text === undefined) throw new Error(`expected a name in quotes, not ${word(node)}`);
  return sized([...new TextEncoder().encode(text)]);
}

function place(names: readonly string[], node: Node | undefined): number {
  const at = names.indexOf(word(node));
  if (at < 0) throw new Error(`nothing is called ${word(node)}`);
  return at;
}

/** A constant from 0 to 63: one byte of signed LEB128. */
function small(node: Node | undefined): number[] {
  const value = Number(word(node));
  if (!Number.isInteger(value) || value < 0 || value > 63)
    throw new Error(`no constant of one byte: ${value}`);
  return [value];
}

function known<T>(table: Readonly<Record<string, T>>, name: string): T {
  const entry = table[name];
  if (entry === undefined) throw new Error(`not known here: ${name}`);
  return entry;
}

function part(id: number, content: readonly number[]): number[] {
  return [id, ...sized(content)];
}

function vector(items: readonly (readonly number[])[]): number[] {
  return [...leb(items.length), ...items.flat()];
}

function sized(content: readonly number[]): number[] {
  return [...leb(content.length), ...content];
}

/** Unsigned LEB128. */
function leb(n: number): number[] {
  return n < 0x80 ? [n] : [(n & 0x7f) | 0x80, ...leb(n >>> 7)];
}

/** The source file that holds a module's bytes. */
export function codeFile(text: string): string {
  const digits = [...assemble(text)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  const lines = digits.match(/.{1,100}/g) ?? [];
  return [
    '/** The bytes of ring.wat, made by `node --import tsx scripts/build-wasm.ts`. Do not edit. protocol.md §2.3 */',
    'export const ringCode =',
    `  '0x' +\n${lines.map((line) => `  '${line}'`).join(' +\n')};`,
    '',
  ].join('\n');
}
