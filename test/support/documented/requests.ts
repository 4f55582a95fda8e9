/** Requests made from the document, and bent: what anyone may send, most of it nearly right. */
import fc from 'fast-check';
import { operationsIn, type Placed } from '#coordinator/http/document/openapi.ts';
import { document } from './document.ts';
import { valuesOf } from './values.ts';

export type Bent = Readonly<{
  /** Of the operation that it was made for. */
  operation: string;
  method: string;
  path: string;
  headers: Record<string, string>;
  body: string;
  /** Whether its message is as it was given. */
  whole: boolean;
}>;

/** A right body, and the values of the path where it belongs. */
export type Known = Readonly<{ path: Readonly<Record<string, string>>; body: unknown }>;

/** What requests are made of, beside the document. */
export type Corpus = Readonly<{
  /** By operation; others get examples and what their schemas admit. */
  known: Readonly<Record<string, readonly Known[]>>;
  /** Values for the paths of operations without a body. */
  paths: readonly Readonly<Record<string, string>>[];
  /** `Authorization`: of these one, where it is not a bent request. */
  authorizations: readonly string[];
}>;

const others = ['DELETE', 'HEAD', 'OPTIONS', 'PATCH', 'GET', 'POST', 'PUT'];
const steps = [
  '0',
  '8',
  '-1',
  '2147483648',
  '4294967295',
  'x',
  '%00',
  '%2e%2e',
  '%E0%A4%A',
  '1.0',
  '..%2f',
  '9007199254740993',
  '%F0%9F%8C%8A',
];
const names = ['job', 'round', 'attempt', 'member', 'key', 'webhook', 'letter'];
const queries = [
  'after=1',
  'after=x',
  'limit=0',
  'limit=5',
  'seat=1&seat=2',
  'wait=0',
  '%',
  '&&',
  'a[b]=1',
  'after[]=1',
];
const types = [
  'application/json',
  'application/octet-stream',
  'text/plain',
  'application/json; charset=utf-16',
  ';;',
];
const encodings = ['gzip', 'br', 'zstd', 'identity', 'gzip, gzip'];
const accepts = ['*/*', 'application/json', 'text/html', ',;', 'application/json;q=0'];

/** Values that take the place of others. */
const odd = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    -1,
    1.5,
    1e21,
    2 ** 53,
    2 ** 32,
    '',
    '\0',
    '\ud800',
    '0xAB',
    [],
    [[]],
    {},
  ),
  fc.constantFrom('ab'.repeat(5_000), '🌊'.repeat(30), '['.repeat(400)).map((text): unknown => text),
  fc.jsonValue(),
);

const examples = Object.values(document.components.schemas).flatMap(({ examples: given = [] }) => given);

/** A value with one part of it gone, doubled under another name, or turned into something odd. */
function bent(value: unknown): fc.Arbitrary<unknown> {
  const places = placesIn(value);
  return fc
    .record({ at: fc.constantFrom(...places), how: fc.constantFrom('gone', 'more', 'odd'), by: odd })
    .map(({ at, how, by }) => {
      const copy = structuredClone(value);
      const name = at.at(-1);
      if (name === undefined) return by;
      const parent = at
        .slice(0, -1)
        .reduce<unknown>((inner, step) => (inner as Fields)[step], copy) as Fields;
      if (how === 'gone') parent[name] = undefined;
      else parent[how === 'more' ? `${name}x` : name] = by;
      return copy;
    });
}
type Fields = Record<string, unknown>;

const placesIn = (value: unknown): string[][] =>
  typeof value === 'object' && value !== null
    ? [
        [],
        ...Object.entries(value).flatMap(([name, inner]) => placesIn(inner).map((rest) => [name, ...rest])),
      ]
    : [[]];

/** One in five. */
const seldom = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight: 4, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });

/** Node takes 16 KiB of headers. */
const MOST_TOKEN = 8_000;
/** Of what is no JSON: nothing. */
const textOf = (value: unknown): string => (value === undefined ? '' : JSON.stringify(value));

export function requests(corpus: Corpus): fc.Arbitrary<Bent> {
  return fc.constantFrom(...operationsIn(document)).chain((placed) => {
    const own = corpus.known[placed.operation.operationId];
    if (own) return fc.constantFrom(...own).chain((known) => requestTo(placed, known, corpus, true));
    const path = fc.constantFrom(...corpus.paths);
    const made = fc.record({
      path,
      body: fc.oneof(fc.constantFrom(...examples), bodiesOf(placed.operation)),
    });
    return made.chain((known) => requestTo(placed, known, corpus, false));
  });
}

/** What the operation's schema admits. */
function bodiesOf({ requestBody }: Placed['operation']): fc.Arbitrary<unknown> {
  const schema = requestBody?.content['application/json']?.schema;
  return schema ? valuesOf(document, schema) : fc.constantFrom(...examples);
}

/** What stands around or in place of JSON. */
const texts: readonly ((text: string) => string)[] = [
  (text) => `\ufeff${text}`,
  (text) => `${text}${text}`,
  (text) => text.replace(/\d+/, '1e9999'),
  (text) => text.replace(/\d+/, '123456789'.repeat(40)),
  (text) => text.replace('{', '{"__proto__":{"admin":true},"constructor":1,'),
  () => '['.repeat(5_000) + ']'.repeat(5_000),
  () => '{"a":'.repeat(2_000) + '1' + '}'.repeat(2_000),
  () => '"\\ud800"',
];

function requestTo(
  { method, path, operation }: Placed,
  { path: right, body: own }: Known,
  { authorizations }: Corpus,
  isRight: boolean,
): fc.Arbitrary<Bent> {
  const base = fc.constant(own);
  const straight = {
    weight: isRight ? 2 : 1,
    arbitrary: fc.record({ value: base, whole: fc.constant(isRight) }),
  };
  const crooked = fc.record({ value: base.chain(bent), whole: fc.constant(false) });
  const body = fc.oneof(straight, { weight: 4, arbitrary: crooked });
  return fc
    .record({
      method: fc.oneof(
        { weight: 9, arbitrary: fc.constant(method.toUpperCase()) },
        fc.constantFrom(...others),
      ),
      wrong: seldom(fc.tuple(fc.constantFrom(...names), fc.constantFrom(...steps))),
      query: seldom(fc.constantFrom(...queries)),
      body,
      cut: seldom(fc.nat(500)),
      type: fc.oneof(
        { weight: 9, arbitrary: fc.constant(method === 'put' ? types[1] : types[0]) },
        fc.constantFrom(...types),
      ),
      encoding: fc.oneof({ weight: 19, arbitrary: fc.constant(undefined) }, fc.constantFrom(...encodings)),
      accept: seldom(fc.constantFrom(...accepts)),
      token: body,
      around: fc.oneof({ weight: 9, arbitrary: fc.constant(undefined) }, fc.constantFrom(...texts)),
      authorization: fc.oneof(
        { weight: authorizations.length > 0 ? 9 : 0, arbitrary: fc.constantFrom(...authorizations, '') },
        fc.constant(undefined),
      ),
    })
    .map((made) => {
      const plain = textOf(made.body.value);
      const text = made.around ? made.around(plain) : plain;
      const token = Buffer.from(textOf(made.token.value)).toString('base64url').slice(0, MOST_TOKEN);
      const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
        made.wrong?.[0] === name ? made.wrong[1] : (right[name] ?? ''),
      );
      const sends = made.method !== 'GET' && made.method !== 'HEAD';
      const headers = {
        ...(sends && made.type !== undefined && { 'content-type': made.type }),
        ...(sends && made.encoding !== undefined && { 'content-encoding': made.encoding }),
        ...(made.accept !== undefined && { accept: made.accept }),
        ...(made.authorization === undefined
          ? operation.security?.length && { authorization: `Tributary ${token}` }
          : { authorization: made.authorization }),
        ...(method === 'put' && { 'tributary-message': token }),
      };
      const inHeader = method === 'put';
      const kept = made.cut === undefined && made.around === undefined;
      const asked = [made.query, operation.operationId === 'events' ? 'wait=0' : undefined];
      const query = `?${asked.filter((part) => part !== undefined).join('&')}`;
      return {
        ...{ operation: operation.operationId, method: made.method, path: `${filled}${query}`, headers },
        body: sends ? text.slice(0, made.cut ?? text.length) : '',
        whole: inHeader ? made.token.whole : made.body.whole && kept,
      };
    });
}
