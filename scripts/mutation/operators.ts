/**
 * The mutation operators: what each changes at a node of the syntax tree. Chosen after Offutt et al. 1996 (relational,
 * arithmetic, logical, constant) and, for what only Solidity has (checks, events, modifiers), Hartel and Schumi 2020.
 */
import type { Edit } from '../solidity/edits.ts';
import {
  nodeAt,
  nodesAt,
  rangeOf,
  sliceOf,
  statementRange,
  textAt,
  type Node,
  type SourceFile,
} from '../solidity/tree.ts';

type Operator = Readonly<{
  name: string;
  what: string;
  /** The mutants of this one node; none where the operator has nothing to do. `parents`: what it is in, nearest first. */
  edits: (node: Node, source: SourceFile, parents: readonly Node[]) => readonly Edit[];
}>;

const swaps = (pairs: readonly (readonly [string, string])[]) =>
  new Map(pairs.flatMap(([one, other]) => [[one, other] as const, [other, one] as const]));

const relational = swaps([
  ['<', '<='],
  ['>', '>='],
  ['==', '!='],
]);
const arithmetic = new Map([
  ...swaps([
    ['+', '-'],
    ['*', '/'],
  ]),
  ['%', '*'],
  ['**', '*'],
]);
const compound = new Map([
  ...swaps([
    ['+=', '-='],
    ['*=', '/='],
  ]),
  ['%=', '*='],
]);
const bitwise = new Map([
  ...swaps([
    ['&', '|'],
    ['&=', '|='],
  ]),
  ['^', '&'],
  ['^=', '&='],
]);
const logical = swaps([['&&', '||']]);
const shift = swaps([
  ['<<', '>>'],
  ['<<=', '>>='],
]);
const increment = swaps([['++', '--']]);
const extremes = swaps([['min', 'max']]);

export const operators = [
  { name: 'relational', what: '< ↔ <=, > ↔ >=, == ↔ !=', edits: between(relational) },
  {
    name: 'arithmetic',
    what: '+ ↔ −, * ↔ /, % and ** to *, and in assignments',
    edits: between(new Map([...arithmetic, ...compound])),
  },
  { name: 'bitwise', what: '& ↔ |, ^ to &', edits: between(bitwise) },
  { name: 'logical', what: '&& ↔ ||', edits: between(logical) },
  { name: 'shift', what: '<< ↔ >>', edits: between(shift) },
  { name: 'increment', what: '++ ↔ −−', edits: incremented },
  { name: 'negation', what: 'the condition of an if, ?: or loop negated', edits: negated },
  {
    name: 'dropped-check',
    what: 'a revert, require or assert, and the if that guards it, removed',
    edits: withoutCheck,
  },
  {
    name: 'dropped-statement',
    what: 'an assignment, call, emit or early return removed',
    edits: withoutStatement,
  },
  { name: 'dropped-modifier', what: 'a modifier removed from a function', edits: withoutModifier },
  { name: 'constant', what: 'a number, or the greatest of a type, one more and one less', edits: offByOne },
  { name: 'boolean', what: 'true ↔ false', edits: flipped },
  { name: 'extreme', what: 'min ↔ max', edits: otherExtreme },
  {
    name: 'swapped-arguments',
    what: 'two neighbouring arguments of one type exchanged, but for errors’',
    edits: exchanged,
  },
] as const satisfies readonly Operator[];

export type OperatorName = (typeof operators)[number]['name'];

/** Another sign between the two sides of an expression or an assignment. */
function between(others: ReadonlyMap<string, string>): Operator['edits'] {
  return (node, source) => {
    const left = nodeAt(node, 'leftExpression') ?? nodeAt(node, 'leftHandSide');
    const right = nodeAt(node, 'rightExpression') ?? nodeAt(node, 'rightHandSide');
    const sign = textAt(node, 'operator');
    const other = others.get(sign);
    if (!left || !right || other === undefined) return [];
    const gap = { start: rangeOf(left).end, end: rangeOf(right).start };
    const start = gap.start + source.bytes.toString('latin1', gap.start, gap.end).indexOf(sign);
    return [{ start, end: start + sign.length, text: other }];
  };
}

function incremented(node: Node): readonly Edit[] {
  const sign = textAt(node, 'operator');
  const other = increment.get(sign);
  if (node.nodeType !== 'UnaryOperation' || other === undefined) return [];
  const { start, end } = rangeOf(node);
  return [
    node['prefix'] === true ? { start, end: start + 2, text: other } : { start: end - 2, end, text: other },
  ];
}

/** Of an equality it would be what `relational` makes. */
function negated(node: Node, source: SourceFile): readonly Edit[] {
  const condition = nodeAt(node, 'condition');
  if (!condition || ['==', '!='].includes(textAt(condition, 'operator'))) return [];
  const range = rangeOf(condition);
  return [{ ...range, text: `!(${sliceOf(source, range)})` }];
}

function withoutCheck(node: Node, source: SourceFile, parents: readonly Node[]): readonly Edit[] {
  const isGuarded = isCheck(node) && parents.slice(0, 2).some(isGuard);
  if (isGuarded || !(isGuard(node) || isCheck(node))) return [];
  return [{ ...statementRange(source, node), text: '{}' }];
}

/** An `if` that does nothing but revert. */
function isGuard(node: Node): boolean {
  const guarded = nodeAt(node, 'trueBody');
  return guarded !== undefined && nodeAt(node, 'falseBody') === undefined && isRevert(guarded);
}

/** A statement that can only revert, or a block of one. */
function isRevert(node: Node): boolean {
  if (node.nodeType === 'RevertStatement') return true;
  const statements = nodesAt(node, 'statements');
  return statements.length === 1 && statements[0] !== undefined && isRevert(statements[0]);
}

function isCheck(node: Node): boolean {
  if (node.nodeType === 'RevertStatement') return true;
  const called = nodeAt(nodeAt(node, 'expression') ?? node, 'expression');
  return (
    node.nodeType === 'ExpressionStatement' &&
    called !== undefined &&
    ['require', 'assert', 'revert'].includes(textAt(called, 'name'))
  );
}

const effects = new Set(['ExpressionStatement', 'EmitStatement', 'Continue', 'Break']);

/** Where a loop counts on is left to `increment`: without it, it only runs out of gas. */
function withoutStatement(node: Node, source: SourceFile): readonly Edit[] {
  const isEarly = node.nodeType === 'Return';
  if (isCheck(node) || !(effects.has(node.nodeType) || isEarly)) return [];
  const { start, end } = statementRange(source, node);
  if (source.bytes[end - 1] !== ';'.charCodeAt(0)) return [];
  return [{ start, end, text: '{}' }];
}

/** A base's constructor looks like one, and is none. */
function withoutModifier(node: Node): readonly Edit[] {
  if (node.nodeType !== 'ModifierInvocation' || node['kind'] !== 'modifierInvocation') return [];
  return [{ ...rangeOf(node), text: '' }];
}

function offByOne(node: Node, source: SourceFile): readonly Edit[] {
  const isNumber = node.nodeType === 'Literal' && node['kind'] === 'number';
  const isGreatest =
    node.nodeType === 'MemberAccess' && textAt(node, 'memberName') === 'max' && isTypeOf(node);
  if (!isNumber && !isGreatest) return [];
  const range = rangeOf(node);
  const signs = textAt(node, 'value') === '0' ? ['+'] : ['+', '-'];
  return signs.map((sign) => ({ ...range, text: `(${sliceOf(source, range)} ${sign} 1)` }));
}

function isTypeOf(node: Node): boolean {
  const called = nodeAt(nodeAt(node, 'expression') ?? node, 'expression');
  return called !== undefined && textAt(called, 'name') === 'type';
}

function flipped(node: Node): readonly Edit[] {
  if (node.nodeType !== 'Literal' || node['kind'] !== 'bool') return [];
  return [{ ...rangeOf(node), text: textAt(node, 'value') === 'true' ? 'false' : 'true' }];
}

function otherExtreme(node: Node): readonly Edit[] {
  const other = extremes.get(textAt(node, 'memberName'));
  if (node.nodeType !== 'MemberAccess' || other === undefined || isTypeOf(node)) return [];
  const { end } = rangeOf(node);
  return [{ start: end - 3, end, text: other }];
}

/** Not of `min` and `max`, whose order means nothing, nor of the structs that are built by name. */
function exchanged(node: Node, source: SourceFile): readonly Edit[] {
  if (node.nodeType !== 'FunctionCall' || isCommutative(node) || isErrorOf(node)) return [];
  if (nodesAt(node, 'arguments').length === 0 || (node['names'] as unknown[]).length > 0) return [];
  const all = nodesAt(node, 'arguments');
  return all.slice(1).flatMap((second, index) => {
    const first = all[index];
    if (!first || typeOf(first) !== typeOf(second)) return [];
    const [one, other] = [rangeOf(first), rangeOf(second)];
    if (sliceOf(source, one) === sliceOf(source, other)) return [];
    const gap = sliceOf(source, { start: one.end, end: other.start });
    return [
      { start: one.start, end: other.end, text: `${sliceOf(source, other)}${gap}${sliceOf(source, one)}` },
    ];
  });
}

function isCommutative(call: Node): boolean {
  const called = nodeAt(call, 'expression');
  return called !== undefined && extremes.has(textAt(called, 'memberName'));
}

/** An error's arguments are for whoever reads it. */
function isErrorOf(call: Node): boolean {
  return typeOf(call) === 'error';
}

function typeOf(node: Node): string {
  const described = node['typeDescriptions'];
  const isDescribed = typeof described === 'object' && described !== null && 'typeString' in described;
  return isDescribed ? String(described.typeString) : '';
}
