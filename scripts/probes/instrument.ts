/**
 * Where coverage is counted in a Solidity file: each statement, and both outcomes of each condition. A condition is an
 * operand of `&&` and `||`, or else the whole of what an `if`, `?:`, loop or `require` decides on; `try` has two ways out.
 */
import type { Edit } from '../solidity/edits.ts';
import {
  bodiesOf,
  childrenOf,
  lineOf,
  nodeAt,
  nodesAt,
  oneLine,
  rangeOf,
  sliceOf,
  statementRange,
  textAt,
  type Node,
  type Range,
  type SourceFile,
} from '../solidity/tree.ts';

/** One thing that a run either reached or did not. */
export type Probe = Readonly<{
  file: string;
  /** Function, modifier or constructor. */
  function: string;
  line: number;
  kind: 'statement' | 'true' | 'false' | 'way';
  /** The statement or condition in one line; of a long one, its beginning. */
  source: string;
}>;

/** The probes of one file, and the edits that report them by number; numbers count on from `first`. */
export type Instrumented = Readonly<{ probes: readonly Probe[]; edits: readonly Edit[] }>;

const LIBRARY = 'CoverageProbe';
const LONGEST = 120;
const LISTS = new Set(['Block', 'UncheckedBlock']);
const LOOPS = new Set(['ForStatement', 'WhileStatement', 'DoWhileStatement']);

/** The name of the file that an instrumented one imports, and that stands beside the sources. */
export const probeFile = `${LIBRARY}.sol`;

/** @param first the number of the first probe of this file */
export function probesOf(source: SourceFile, first: number): Instrumented {
  const probes: Probe[] = [];
  const edits: Edit[] = [];
  let name = '';

  const insert = (at: number, text: string): void => void edits.push({ start: at, end: at, text });
  const add = (kind: Probe['kind'], node: Node): number => {
    const text = oneLine(sliceOf(source, shownRange(source, kind, node)));
    probes.push({
      file: source.file,
      function: name,
      line: lineOf(source, rangeOf(node).start),
      kind,
      source: text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text,
    });
    return first + probes.length - 1;
  };

  /** A statement in a list, or alone after `if` or `for`, where it gets braces. */
  const statement = (node: Node, alone: boolean): void => {
    if (LISTS.has(node.nodeType)) return list(node);
    const { start, end } = statementRange(source, node);
    insert(start, `${alone ? '{ ' : ''}${LIBRARY}.hit(${add('statement', node)}); `);
    inside(node);
    if (alone) insert(end, ' }');
  };
  const list = (block: Node): void => {
    for (const child of nodesAt(block, 'statements')) statement(child, false);
  };

  /** What a statement holds: further statements, and expressions that decide. */
  const inside = (node: Node): void => {
    if (node.nodeType === 'TryStatement') return tried(node);
    for (const child of childrenOf(node)) {
      const alone = child === nodeAt(node, 'trueBody') || child === nodeAt(node, 'falseBody');
      if (alone || (LOOPS.has(node.nodeType) && child === nodeAt(node, 'body'))) statement(child, true);
      else if (child === decided(node)) condition(child);
      else expression(child);
    }
  };
  const tried = (node: Node): void => {
    const call = nodeAt(node, 'externalCall');
    if (call) expression(call);
    for (const clause of nodesAt(node, 'clauses')) {
      const block = nodeAt(clause, 'block');
      if (!block) continue;
      insert(rangeOf(block).start + 1, ` ${LIBRARY}.hit(${add('way', clause)}); `);
      list(block);
    }
  };
  const expression = (node: Node): void => {
    if (isLogical(node)) return condition(node);
    inside(node);
  };
  const condition = (node: Node): void => {
    const operand = nodeAt(node, 'subExpression');
    if (isLogical(node)) {
      for (const side of ['leftExpression', 'rightExpression']) condition(nodeAt(node, side) ?? node);
    } else if (node.nodeType === 'TupleExpression') {
      for (const part of nodesAt(node, 'components')) condition(part);
    } else if (operand && textAt(node, 'operator') === '!') {
      condition(operand);
    } else {
      const { start, end } = rangeOf(node);
      const number = add('true', node);
      add('false', node);
      insert(start, `${LIBRARY}.either(`);
      inside(node);
      insert(end, `, ${number})`);
    }
  };

  insert(pragmaEnd(source), ` import {${LIBRARY}} from "${probeFile}";`);
  for (const { name: named, body } of bodiesOf(source)) {
    name = named;
    list(body);
  }
  return { probes, edits };
}

/** Of a statement that holds others, what comes before them. */
function shownRange(source: SourceFile, kind: Probe['kind'], node: Node): Range {
  const held = nodeAt(node, 'trueBody') ?? nodeAt(node, 'body') ?? nodesAt(node, 'clauses')[0];
  if (kind === 'statement' && !held) return statementRange(source, node);
  return held ? { start: rangeOf(node).start, end: rangeOf(held).start } : rangeOf(node);
}

function isLogical(node: Node): boolean {
  return node.nodeType === 'BinaryOperation' && ['&&', '||'].includes(textAt(node, 'operator'));
}

/** The expression that this node branches on. */
function decided(node: Node): Node | undefined {
  if (node.nodeType === 'IfStatement' || node.nodeType === 'Conditional' || LOOPS.has(node.nodeType)) {
    return nodeAt(node, 'condition');
  }
  const called = node.nodeType === 'FunctionCall' ? nodeAt(node, 'expression') : undefined;
  const isCheck = called !== undefined && ['require', 'assert'].includes(textAt(called, 'name'));
  return isCheck ? nodesAt(node, 'arguments')[0] : undefined;
}

function pragmaEnd(source: SourceFile): number {
  const pragma = nodesAt(source.tree, 'nodes').find(({ nodeType }) => nodeType === 'PragmaDirective');
  if (!pragma) throw new Error(`${source.file} has no pragma`);
  return rangeOf(pragma).end;
}

/** Added to each reported number, so that no other line of a chain's output is taken for one. */
export const MARK = 7_700_000_000_000n;

/**
 * Reports a number by the static call that Solidity consoles make, which anvil prints for transactions and calls, whether
 * they succeed or not. The call changes nothing; the cast lets pure functions make it, as in forge-std's console.
 */
export const probeSource = `// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

library ${LIBRARY} {
    function either(bool value, uint256 id) internal pure returns (bool) {
        hit(value ? id : id + 1);
        return value;
    }

    function hit(uint256 id) internal pure {
        _asPure(_report)(id);
    }

    function _report(uint256 id) private view {
        assembly ("memory-safe") {
            mstore(0, shl(224, 0xf82c50f1)) // log(uint256)
            mstore(4, add(id, ${MARK}))
            pop(staticcall(gas(), 0x000000000000000000636F6e736F6c652e6c6f67, 0, 36, 0, 0))
        }
    }

    function _asPure(
        function(uint256) internal view given
    ) private pure returns (function(uint256) internal pure taken) {
        assembly ("memory-safe") {
            taken := given
        }
    }
}
`;
