/** Takes one check out of a source text: the condition that leads to a code, or a passage that is named. */
import ts from 'typescript';

/** How a check is made to pass: skipped, so that what follows still asks; or taken as proof that all is well. */
export type Passing = 'skip' | 'accept';

/** Makers of refusals whose first argument is the code. */
const makers: readonly string[] = ['flaw', 'refuse', 'repeated', 'TributaryError'];

type Cut = Readonly<{ start: number; end: number; put: string }>;

/** @returns the text without any refusal of this code, or null where there is none in it */
export function switchOff(source: string, code: string, passing: Passing): string | null {
  if (!source.includes(`'${code}'`)) return null;
  const file = ts.createSourceFile('source.ts', source, ts.ScriptTarget.Latest, true);
  const cuts: Cut[] = [];
  const visit = (node: ts.Node): void => {
    if (isRefusal(node, code)) cuts.push(cutFor(node, file, passing));
    else ts.forEachChild(node, visit);
  };
  visit(file);
  return cuts.length === 0 ? null : cuts.sort((a, b) => b.start - a.start).reduce(apply, source);
}

function isRefusal(node: ts.Node, code: string): boolean {
  if (!ts.isCallExpression(node) && !ts.isNewExpression(node)) return false;
  const [first] = node.arguments ?? [];
  return (
    makers.includes(node.expression.getText()) &&
    first !== undefined &&
    ts.isStringLiteral(first) &&
    first.text === code
  );
}

/** The `if` that only returns or throws the refusal goes whole; elsewhere the refusal becomes null. */
function cutFor(refusal: ts.Node, file: ts.SourceFile, passing: Passing): Cut {
  const left = refusal.parent;
  if ((ts.isReturnStatement(left) || ts.isThrowStatement(left)) && passing === 'skip') {
    const block = ts.isBlock(left.parent) && left.parent.statements.length === 1 ? left.parent : left;
    const condition = block.parent;
    if (ts.isIfStatement(condition) && condition.thenStatement === block && !condition.elseStatement) {
      return { start: condition.getStart(file), end: condition.end, put: ';' };
    }
  }
  if (ts.isThrowStatement(left)) return { start: left.getStart(file), end: left.end, put: 'return null;' };
  return { start: refusal.getStart(file), end: refusal.end, put: 'null' };
}

const apply = (source: string, { start, end, put }: Cut): string =>
  source.slice(0, start) + put + source.slice(end);
