/** Reads an operations policy, and says of a wrong one where: each line with what is wrong with it. */
import { readFile } from 'node:fs/promises';
import { isNode, LineCounter, parseDocument, visit, type Document } from 'yaml';
import type { z } from 'zod';
import { TributaryError } from '#crypto/error.ts';
import { operationsPolicy, type OperationsPolicy } from './schema.ts';

/** A larger file is no policy. */
const MOST_BYTES = 1024 * 1024;

/** @throws TributaryError `operations/unreadable`, `operations/invalid` with `file:line:column` of everything that is wrong */
export async function readPolicy(path: string): Promise<OperationsPolicy> {
  return parsePolicy(await textOf(path), path);
}

async function textOf(path: string): Promise<string> {
  try {
    const bytes = await readFile(path);
    if (bytes.length <= MOST_BYTES) return bytes.toString('utf8');
  } catch (cause) {
    throw new TributaryError('operations/unreadable', `${path} can't be read: check its path and its mode`, {
      cause,
    });
  }
  throw new TributaryError('operations/unreadable', `${path} has more than ${MOST_BYTES} bytes`);
}

/** @param name of the file, for the messages. @throws TributaryError `operations/invalid` */
export function parsePolicy(text: string, name: string): OperationsPolicy {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const at = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${name}:${line}:${col}`;
  };
  const broken = document.errors.map(({ pos, message }) => `${at(pos[0])}: ${message}`);
  // A few of them can stand for more than any memory.
  visit(document, {
    Alias: (_key, { range }) => void broken.push(`${at(range?.[0] ?? 0)}: write it out: no aliases here`),
  });
  if (broken.length > 0) throw invalid(broken);
  const parsed = operationsPolicy.safeParse(document.toJS());
  if (parsed.success) return parsed.data;
  throw invalid(parsed.error.issues.flatMap((issue) => linesOf(document, issue, at)));
}

function linesOf(document: Document, issue: z.core.$ZodIssue, at: (offset: number) => string): string[] {
  const path = issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part));
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => {
      const place = [...path, key];
      return `${at(offsetOf(document, place))}: there is no setting ${place.join('.')}`;
    });
  }
  const what = path.length > 0 ? `${path.join('.')}: ` : '';
  return [`${at(offsetOf(document, path))}: ${what}${issue.message}`];
}

/** Where a setting stands, or the nearest around it where it is missing. */
function offsetOf(document: Document, path: readonly (string | number)[]): number {
  for (let length = path.length; length > 0; length -= 1) {
    const node: unknown = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return document.contents?.range?.[0] ?? 0;
}

const invalid = (lines: readonly string[]) =>
  new TributaryError('operations/invalid', `the operations policy is not one:\n${lines.join('\n')}`);
