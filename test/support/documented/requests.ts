/** Requests made from the document, and bent: what anyone may send, most of it nearly right. */
import fc from 'fast-check';
import { operationsIn, type Placed } from '#coordinator/http/document/openapi.ts';
import { document } from './document.ts';

export type Bent = Readonly<{ method: string; path: string; headers: Record<string, string>; body: string }>;

const others = ['DELETE', 'HEAD', 'OPTIONS', 'PATCH', 'GET', 'POST', 'PUT'];
const steps = [
  '0',
  '8',
  '-1',
  'x',
  '%00',
  '%2e%2e',
  '%E0%A4%A',
  '1.0',
  '..%2f',
  '9007199254740993',
  '%F0%9F%8C%8A',
];
const right: Readonly<Record<string, string>> = { job: '7', round: '1', attempt: '1', member: '1' };
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

/** @param bodies what is right for some operations, by their ids */
export function requests(bodies: Readonly<Record<string, unknown>>): fc.Arbitrary<Bent> {
  return fc.constantFrom(...operationsIn(document)).chain((placed) => requestTo(placed, bodies));
}

function requestTo(
  { method, path, operation }: Placed,
  bodies: Readonly<Record<string, unknown>>,
): fc.Arbitrary<Bent> {
  const own = bodies[operation.operationId];
  const base = own === undefined ? fc.constantFrom(...examples) : fc.constant(own);
  const body = fc.oneof({ weight: 1, arbitrary: base }, { weight: 4, arbitrary: base.chain(bent) });
  return fc
    .record({
      method: fc.oneof(
        { weight: 9, arbitrary: fc.constant(method.toUpperCase()) },
        fc.constantFrom(...others),
      ),
      wrong: seldom(fc.tuple(fc.constantFrom(...Object.keys(right)), fc.constantFrom(...steps))),
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
    })
    .map((made) => {
      const text = textOf(made.body);
      const token = Buffer.from(textOf(made.token)).toString('base64url').slice(0, MOST_TOKEN);
      const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
        made.wrong?.[0] === name ? made.wrong[1] : (right[name] ?? ''),
      );
      const sends = made.method !== 'GET' && made.method !== 'HEAD';
      const headers = {
        ...(sends && made.type !== undefined && { 'content-type': made.type }),
        ...(sends && made.encoding !== undefined && { 'content-encoding': made.encoding }),
        ...(made.accept !== undefined && { accept: made.accept }),
        ...(operation.security?.length
          ? { authorization: `Tributary ${token}` }
          : { 'tributary-message': token }),
      };
      const asked = [made.query, operation.operationId === 'events' ? 'wait=0' : undefined];
      const query = `?${asked.filter((part) => part !== undefined).join('&')}`;
      return {
        ...{ method: made.method, path: `${filled}${query}`, headers },
        body: sends ? text.slice(0, made.cut ?? text.length) : '',
      };
    });
}
