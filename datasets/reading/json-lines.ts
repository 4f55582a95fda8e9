/** The objects of a file of JSON lines, one by one: RFC 8259, in UTF-8, one object a line. protocol.md §6.1 */
import { badRow, maximumLineBytes, openBytes, readFailure } from './bytes.ts';

/** `object` may hold any key as its own, `__proto__` too: ask with `Object.hasOwn`. */
export type JsonLine = Readonly<{ line: number; object: Readonly<Record<string, unknown>>; raw: string }>;

const newline = 0x0a;

/** @throws TributaryError `data/unreadable`, `data/bad-row` naming the line, never what is in it */
export async function* jsonLines(file: string): AsyncGenerator<JsonLine, void, undefined> {
  let number = 0;
  for await (const bytes of lines(file)) {
    number += 1;
    const where = `${file}, line ${number}`;
    if (bytes.length > maximumLineBytes) throw badRow(`${where}: longer than ${maximumLineBytes} bytes`);
    const raw = textOf(bytes, where);
    if (raw.trim() !== '') yield { line: number, object: objectOf(raw, where), raw };
  }
}

/** A line that is too long is given as soon as it is, without its end. */
async function* lines(file: string): AsyncGenerator<Uint8Array, void, undefined> {
  let rest = new Uint8Array();
  for await (const chunk of chunks(file)) {
    let from = 0;
    for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, from)) {
      yield joined(rest, chunk.subarray(from, end));
      rest = new Uint8Array();
      from = end + 1;
    }
    rest = joined(rest, chunk.subarray(from));
    if (rest.length > maximumLineBytes) yield rest;
  }
  if (rest.length > 0) yield rest;
}

async function* chunks(file: string): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* openBytes(file) as AsyncIterable<Uint8Array>;
  } catch (error) {
    throw readFailure(file, error);
  }
}

function joined(head: Uint8Array, tail: Uint8Array): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(head.length + tail.length);
  whole.set(head);
  whole.set(tail, head.length);
  return whole;
}

/** A byte-order mark at the start of a line is no part of it. */
function textOf(bytes: Uint8Array, where: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw badRow(`${where}: not UTF-8`);
  }
}

/** V8's own message quotes what it could not parse: it must not become a cause. */
function objectOf(raw: string, where: string): Readonly<Record<string, unknown>> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(raw);
  } catch {
    throw badRow(`${where}: not JSON`);
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw badRow(`${where}: not an object`);
  }
  if (keysIn(raw) !== Object.keys(parsed).length) throw badRow(`${where}: a key stands twice`);
  return parsed as Readonly<Record<string, unknown>>;
}

/** How many keys the outermost object of valid JSON has as it is written; JSON.parse keeps the last of equal ones. */
function keysIn(json: string): number {
  let keys = 0;
  let depth = 0;
  for (let at = 0; at < json.length; at += 1) {
    const character = json[at];
    if (character === '"') {
      do at += json[at] === '\\' ? 2 : 1;
      while (json[at] !== '"');
    } else if (character === '{' || character === '[') depth += 1;
    else if (character === '}' || character === ']') depth -= 1;
    else if (character === ':' && depth === 1) keys += 1;
  }
  return keys;
}
