/** All places of the contracts where one of the operators makes a mutant, from the compiler's syntax tree. */
import type { Edit } from '../solidity/edits.ts';
import {
  bodiesOf,
  childrenOf,
  lineOf,
  nodesAt,
  nodeAt,
  oneLine,
  rangeOf,
  textAt,
  type Node,
  type SourceFile,
} from '../solidity/tree.ts';
import { operators, type OperatorName } from './operators.ts';

/** One mutant that can be made. */
export type Site = Readonly<{
  operator: OperatorName;
  file: string;
  /** Function, modifier or constructor; of a constant, its name. */
  function: string;
  line: number;
  /** The whole line or lines as they are, and as they become. */
  before: string;
  after: string;
  edit: Edit;
}>;

/** In the order of the text, and of the operators at one place. */
export function sitesOf(source: SourceFile): Site[] {
  return placesOf(source).flatMap(({ name, node }) =>
    [...nodesIn(node, [])].flatMap(([each, parents]) =>
      operators.flatMap(({ name: operator, edits }) =>
        edits(each, source, parents).map((edit) => siteOf(source, name, operator, edit)),
      ),
    ),
  );
}

/** Bodies, the modifiers before them, and what constants are set to. */
function placesOf(source: SourceFile): { name: string; node: Node }[] {
  const bodies = bodiesOf(source).flatMap(({ name, definition, body }) =>
    [...nodesAt(definition, 'modifiers'), body].map((node) => ({ name, node })),
  );
  const constants = nodesAt(source.tree, 'nodes')
    .flatMap((node) => [node, ...nodesAt(node, 'nodes')])
    .filter(({ nodeType, constant }) => nodeType === 'VariableDeclaration' && constant === true)
    .flatMap((declaration) => {
      const value = nodeAt(declaration, 'value');
      return value ? [{ name: textAt(declaration, 'name'), node: value }] : [];
    });
  return [...constants, ...bodies].sort((a, b) => rangeOf(a.node).start - rangeOf(b.node).start);
}

/** Itself and all below it, each with what it is in; what is between the names of types is no code. */
function* nodesIn(node: Node, parents: readonly Node[]): Generator<readonly [Node, readonly Node[]]> {
  yield [node, parents];
  for (const child of childrenOf(node)) {
    if (!child.nodeType.endsWith('TypeName')) yield* nodesIn(child, [node, ...parents]);
  }
}

function siteOf(source: SourceFile, name: string, operator: OperatorName, edit: Edit): Site {
  const { bytes } = source;
  const from = bytes.lastIndexOf('\n', edit.start) + 1;
  const after = bytes.indexOf('\n', edit.end);
  const to = after === -1 ? bytes.length : after;
  const line = (middle: string) =>
    oneLine(bytes.toString('utf8', from, edit.start) + middle + bytes.toString('utf8', edit.end, to));
  return {
    operator,
    file: source.file,
    function: name,
    line: lineOf(source, edit.start),
    before: line(bytes.toString('utf8', edit.start, edit.end)),
    after: line(edit.text),
    edit,
  };
}
