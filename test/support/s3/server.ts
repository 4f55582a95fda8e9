/**
 * An S3 server for tests, with one bucket and one key: it verifies signatures and checksums, lists by pages, takes uploads in parts and
 * conditional ones, and fails as a test says. Ours conforms as far as our client asks; docs/decisions/0031 says which real one was compared.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { refusal, TestBucket, type Answer, type Asked } from './bucket.ts';
import { signatureFlaw, type Key } from './signature.ts';

export type TestS3 = Readonly<{
  /** As `--blobs` takes it. */
  url: string;
  bucket: TestBucket;
  /** Answers instead of the bucket; null where that is to answer. Undefined: always the bucket. */
  failing(fail?: (asked: Asked) => Answer | null): void;
  stop(): Promise<void>;
}>;

export const key: Key = { id: 'tributary-test', secret: 'not a secret/+', region: 'eu-test-1' };
const NAME = 'tributary-test';

/** Sets AWS's own variables until it is stopped: credentials come from nowhere else. */
export async function startS3({ pageKeys = 1_000 } = {}): Promise<TestS3> {
  const bucket = new TestBucket(pageKeys);
  let fail: (asked: Asked) => Answer | null = () => null;
  const server = createServer((request, response) => {
    void answered(request).then(({ status, body, headers = {} }) => {
      const length = body === undefined ? 0 : Buffer.byteLength(body);
      response.writeHead(status, { ...(status !== 204 && { 'content-length': length }), ...headers });
      response.end(request.method === 'HEAD' ? undefined : body);
    });
  });
  async function answered(request: IncomingMessage): Promise<Answer> {
    const body = new Uint8Array(await buffer(request));
    const flaw = signatureFlaw(request, body, key);
    if (flaw !== null) return refusal(flaw === 'AuthorizationHeaderMalformed' ? 400 : 403, flaw);
    const url = new URL(request.url ?? '', 'http://s3');
    const [, name, ...path] = decodeURIComponent(url.pathname).split('/');
    const { method = '', headers } = request;
    const asked = { method, key: path.join('/'), query: url.searchParams, headers, body };
    if (name !== NAME) return refusal(404, 'NoSuchBucket');
    return fail(asked) ?? bucket.answer(asked);
  }
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const restore = withEnvironment({ AWS_ACCESS_KEY_ID: key.id, AWS_SECRET_ACCESS_KEY: key.secret });
  const { port } = server.address() as AddressInfo;
  return {
    url: `s3://${NAME}/kept/here?endpoint=http://127.0.0.1:${port}&region=${key.region}`,
    bucket,
    failing: (how = () => null) => void (fail = how),
    async stop() {
      restore();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** @returns what puts it back as it was */
export function withEnvironment(variables: Readonly<Record<string, string>>): () => void {
  const before = Object.keys(variables).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, variables);
  return () => {
    for (const [name, value] of before) {
      if (value === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = value;
    }
  };
}
