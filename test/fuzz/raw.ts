/** Requests as bytes, bent in ways that no client of HTTP would let pass: framing, header injection, traversal, truncation. RFC 9112 */
import fc from 'fast-check';
import type { Bent } from '#test/support/documented/requests.ts';

export type Raw = Readonly<{
  of: Bent;
  text: string;
  /** Whether its sender ends the connection, as one that was cut off. */
  ends: boolean;
}>;

const paths: readonly ((path: string) => string)[] = [
  (path) => `/../../../../etc/passwd`.concat(path),
  (path) => path.replace('/v1/', '/v1/..%2f..%2f'),
  (path) => path.replace('/v1/', '/v1//'),
  (path) => `${path}/../evidence`,
  (path) => `${path}\\..\\..`,
  (path) => `http://elsewhere.example${path}`,
  (path) => `${path}\0`,
  (path) => `${path} HTTP/1.1\r\nx-injected: 1\r\nx-rest:`,
  (path) => path + 'a'.repeat(9_000),
  () => '*',
  () => '',
];

/** Lines among the headers. */
const lines = [
  'x-request-id: 1\r\nset-cookie: a=1',
  'x-forwarded-for: 127.0.0.1\r\nx-forwarded-host: elsewhere.example',
  'x-request-id: \r\n folded',
  'no colon here',
  ': no name',
  'x-null: \0',
  `x-long: ${'x'.repeat(20_000)}`,
  `x-many: 1\r\n`.repeat(3_000).trimEnd(),
  'host: other.example',
  'expect: 100-continue',
  'expect: the-impossible',
  'upgrade: websocket\r\nconnection: upgrade',
  'transfer-encoding: chunked',
  'transfer-encoding: chunked, identity',
  'content-length: 5',
  'content-length: -1',
  'content-length: 99999999999999999999',
  'authorization: Bearer \xff\xfe',
  'range: bytes=0-1,5-',
  'accept: ,,;q=x',
  'cookie: \u00e9',
] as const;

const versions = ['HTTP/1.1', 'HTTP/1.1', 'HTTP/1.1', 'HTTP/1.0', 'HTTP/2.0', 'HTTP/0.9', 'http/1.1', ''];

export const rawOf = (bent: fc.Arbitrary<Bent>): fc.Arbitrary<Raw> =>
  fc
    .record({
      of: bent,
      path: fc.option(fc.constantFrom(...paths)),
      line: fc.option(fc.constantFrom(...lines)),
      version: fc.constantFrom(...versions),
      host: fc.constantFrom('host: coordinator', 'host: coordinator', 'host:', ''),
      /** Bytes more than there are. */
      missing: fc.constantFrom(0, 0, 0, 7, 100_000),
      newline: fc.constantFrom('\r\n', '\r\n', '\r\n', '\n', '\r'),
      cut: fc.option(fc.nat(600), { freq: 3 }),
      // Few wait until it is the coordinator that ends it: each takes ten seconds.
      ends: fc.integer({ min: 0, max: 99 }).map((at) => at > 0),
    })
    .map(({ of, path, line, version, host, missing, newline, cut, ends }) => {
      const { method, headers, body } = of;
      const length = Buffer.byteLength(body) + missing;
      const head = [
        `${method} ${path ? path(of.path) : of.path} ${version}`,
        host,
        ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
        ...(line === null ? [] : [line]),
        ...(body === '' ? [] : [`content-length: ${length}`]),
      ].filter((one) => one !== '');
      const text = `${head.join(newline)}${newline}${newline}${Buffer.from(body).toString('latin1')}`;
      return { of, text: cut === null ? text : text.slice(0, cut), ends };
    });
