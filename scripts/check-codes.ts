/** Fails on an error code that no table explains, and on an entry of a table that nothing produces or no test sees. */
import { readFileSync } from 'node:fs';
import ts from 'typescript';
import { otherRefusal, refusals } from '#contracts/refusals.ts';
import { errorTable } from '#protocol/errors.ts';
import { trackedFiles } from './tracked-files.ts';

const ROOMS = /^(crypto|protocol|contracts|datasets|model|coordinator|client|buyer|auditor|cli)\//;
const TABLES = /^(protocol\/errors(\.ts|\/)|contracts\/refusals\.ts$|contracts\/bindings\/)/;
const CODE = /^[a-z][a-z0-9]*(-[a-z0-9]+)*\/[a-z0-9]+(-[a-z0-9]+)*$/;

/** What has a code's form and is none, by its first part. */
const otherThings = new Map([
  ['application', 'a media type'],
  ['text', 'a media type'],
  ['tributary', 'the kind of a block'],
  ['block', "a route of IPFS's RPC"],
  ['pin', "a route of IPFS's RPC"],
]);

/** Where the code stands among the arguments of what makes errors, flaws, refusals and findings. */
const makers = new Map([
  ['TributaryError', 0],
  ['flaw', 0],
  ['refuse', 0],
  ['refused', 0],
  ['fails', 1],
]);

/** Codes whose first part is known at run time only: the kinds of messages that come to that line. */
const built: Readonly<Record<string, readonly string[]>> = {
  'coordinator/round/transition.ts: ${event.type}/conflict': [
    'enrolment',
    'shares',
    'received',
    'input',
    'confirm',
    'abort',
    'unmasking',
    'attestation',
    'approval',
    'refusal',
  ],
  'coordinator/round/settling.ts: ${what}/other-proposal': ['attestation', 'approval', 'refusal'],
};

const comparisons = new Set([
  ts.SyntaxKind.EqualsEqualsEqualsToken,
  ts.SyntaxKind.ExclamationEqualsEqualsToken,
]);

const escrowCodes = [...Object.values(refusals), otherRefusal].map(([code]) => code);
const known = new Set<string>([...Object.keys(errorTable), ...escrowCodes]);
const areas = new Set([...known].map(areaOf));
const produced = new Set<string>(escrowCodes);
const templates = new Set<string>();
const wrong: string[] = escrowCodes
  .filter((code) => Object.hasOwn(errorTable, code))
  .map((code) => `protocol/errors: ${code} is explained in contracts/refusals.ts already`);

for (const path of trackedFiles('.ts')) {
  if (!ROOMS.test(path) || TABLES.test(path)) continue;
  const text = readFileSync(path, 'utf8');
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  for (const at of nodesOf(file)) {
    const place = () => `${path}:${file.getLineAndCharacterOfPosition(at.getStart()).line + 1}`;
    if (ts.isTemplateExpression(at) && isMadeInto(at)) noteTemplate(path, at, place());
    if (!ts.isStringLiteralLike(at) || namesAModule(at)) continue;
    if (!CODE.test(at.text)) {
      if (isMadeInto(at)) wrong.push(`${place()}: "${at.text}" is no code: write area/what-is-wrong`);
    } else if (isMadeInto(at) || !otherThings.has(areaOf(at.text))) {
      if (!known.has(at.text)) wrong.push(`${place()}: ${at.text} is not in protocol/errors`);
      if (!isOnlyMentioned(at)) produced.add(at.text);
    }
  }
  // Comments promise codes as well; of other backticks, only those with an area of ours are looked at.
  for (const [, code = ''] of text.matchAll(/`([^`\s]+)`/g)) {
    if (CODE.test(code) && areas.has(areaOf(code)) && !known.has(code))
      wrong.push(`${path}: a comment names ${code}, which is not in protocol/errors`);
  }
}

for (const template of Object.keys(built))
  if (!templates.has(template))
    wrong.push(`scripts/check-codes.ts: there is no template ${template} any more`);
for (const code of known) if (!produced.has(code)) wrong.push(`protocol/errors: nothing produces ${code}`);
const tested = literalsOfTests();
/** Contract tests know a refusal by the name of its Solidity error. */
const otherName = new Map(Object.entries(refusals).map(([name, [code]]) => [code as string, name]));
for (const code of known) {
  const names = [code, otherName.get(code)].filter((name) => name !== undefined);
  if (!names.some((name) => tested.has(name))) wrong.push(`test/: no test sees ${code}`);
}
for (const line of new Set(wrong)) console.log(line);
console.log(
  `${produced.size} error codes in ${areas.size} areas; the table explains ${Object.keys(errorTable).length}, contracts/refusals.ts ${escrowCodes.length}`,
);
process.exitCode = wrong.length > 0 ? 1 : 0;

/** What tests say: every text as a whole, and the codes in texts, templates and regular expressions. */
function literalsOfTests(): Set<string> {
  const found = new Set<string>();
  for (const path of trackedFiles('.ts')) {
    if (!path.startsWith('test/')) continue;
    const file = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true);
    for (const node of nodesOf(file)) {
      const text = textOf(node);
      if (text === undefined) continue;
      found.add(text);
      for (const [code] of text.matchAll(/[a-z0-9-]+\/[a-z0-9-]+/g)) found.add(code);
    }
  }
  return found;
}

function textOf(node: ts.Node): string | undefined {
  if (ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node)) {
    return node.text.replaceAll('\\/', '/');
  }
  return ts.isRegularExpressionLiteral(node) ? node.text.replaceAll('\\/', '/') : undefined;
}

function areaOf(code: string): string {
  return code.split('/')[0] ?? '';
}

/** Every node of the syntax tree. `getChildren` would add the tokens, for which it scans the text again. */
function nodesOf(file: ts.SourceFile): ts.Node[] {
  const nodes: ts.Node[] = [];
  const visit = (node: ts.Node) => {
    nodes.push(node);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return nodes;
}

/** Whether the text is the code of an error that is made here. */
function isMadeInto(node: ts.Node): boolean {
  const call = node.parent;
  if (!ts.isCallExpression(call) && !ts.isNewExpression(call)) return false;
  const position = makers.get(call.expression.getText());
  return position !== undefined && call.arguments?.[position] === node;
}

function namesAModule(node: ts.Node): boolean {
  const { parent } = node;
  return (
    ts.isImportDeclaration(parent) ||
    ts.isExportDeclaration(parent) ||
    (ts.isCallExpression(parent) && parent.expression.kind === ts.SyntaxKind.ImportKeyword)
  );
}

/** Compared with, listed, a key, or a type: that makes no error. */
function isOnlyMentioned(node: ts.Node): boolean {
  const { parent } = node;
  return (
    ts.isLiteralTypeNode(parent) ||
    ts.isCaseClause(parent) ||
    ts.isArrayLiteralExpression(parent) ||
    (ts.isPropertyAssignment(parent) && parent.name === node) ||
    (ts.isBinaryExpression(parent) && comparisons.has(parent.operatorToken.kind))
  );
}

function noteTemplate(path: string, template: ts.TemplateExpression, place: string): void {
  const text = template.getText().slice(1, -1);
  const name = `${path}: ${text}`;
  templates.add(name);
  const firstParts = built[name];
  if (!firstParts) wrong.push(`${place}: list in scripts/check-codes.ts what codes this template makes`);
  for (const part of firstParts ?? []) {
    const code = part + text.slice(text.lastIndexOf('/'));
    produced.add(code);
    if (!known.has(code)) wrong.push(`${place}: ${code} is not in protocol/errors`);
  }
}
