/** When a coordinator says that it is ready, and how often it asks what it stands on. docs/operations-observability.md */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import { openChain } from '#contracts/provider.ts';
import { withHealth } from '#coordinator/health/listener.ts';
import { blobsPart, chainPart, databasePart, diskPart, ipfsPart } from '#coordinator/health/parts.ts';
import { readiness, type Part, type Verdict } from '#coordinator/health/readiness.ts';
import { TributaryError } from '#crypto/error.ts';
import { connectIpfs } from '#datasets/ipfs.ts';
import { toSeconds } from '#protocol/units.ts';
import { startTestChain, type TestChain } from '#test/support/chain.ts';
import { startIpfsProcess, temporaryFolder, removeFolder } from '#test/support/ipfs.ts';

const unreachable = () => new TributaryError('ipfs/unreachable', 'http://user:password@ipfs.example is away');
const quiet = { changed: () => undefined };

/** A part that a test breaks and mends, and that counts. */
function part(name = 'ipfs') {
  const state = { failing: null as Error | null, asked: 0, hang: false };
  const check = async () => {
    state.asked += 1;
    if (state.hang) await new Promise(() => undefined);
    if (state.failing) throw state.failing;
  };
  return { state, part: { name, timeoutMillis: 20, check } satisfies Part };
}

describe('readiness', () => {
  it('is that of every part, and names the one that is away by its code', async () => {
    const [one, other] = [part('chain'), part('ipfs')];
    const ready = readiness([one.part, other.part], { ...quiet, freshMillis: 0 });
    expect(await ready()).to.deep.equal({
      ready: true,
      parts: { chain: { ready: true }, ipfs: { ready: true } },
    });
    other.state.failing = unreachable();
    expect(await ready()).to.deep.equal({
      ready: false,
      parts: { chain: { ready: true }, ipfs: { ready: false, code: 'ipfs/unreachable' } },
    });
    other.state.failing = null;
    expect(await ready()).to.have.property('ready', true);
  });

  it('asks once a second, however many ask', async () => {
    let now = 5_000;
    const { state, part: one } = part();
    const ready = readiness([one], { ...quiet, now: () => now });
    await Promise.all([ready(), ready(), ready()]);
    now += 999;
    await ready();
    expect(state.asked).to.equal(1);
    now += 1;
    await ready();
    expect(state.asked).to.equal(2);
  });

  it('gives a part that hangs its time, and asks it no second time meanwhile', async () => {
    const { state, part: one } = part();
    state.hang = true;
    const ready = readiness([one], { ...quiet, freshMillis: 0 });
    for (let time = 0; time < 3; time++)
      expect((await ready()).parts).to.deep.equal({ ipfs: { ready: false, code: 'readiness/timeout' } });
    expect(state.asked).to.equal(1);
  });

  it('says a change once, with the reason', async () => {
    const said: [string, Verdict, unknown][] = [];
    const { state, part: one } = part();
    const ready = readiness([one], { freshMillis: 0, changed: (...change) => void said.push(change) });
    await ready();
    const away = (state.failing = unreachable());
    for (let time = 0; time < 2; time++) await ready();
    state.failing = null;
    for (let time = 0; time < 2; time++) await ready();
    expect(said).to.deep.equal([
      ['ipfs', { ready: false, code: 'ipfs/unreachable' }, away],
      ['ipfs', { ready: true }, null],
    ]);
  });
});

describe('what a coordinator stands on', function () {
  this.timeout(60_000);
  let chain: TestChain;
  before(async () => void (chain = await startTestChain()));
  after(() => chain.stop());

  const codeOf = async ({ check }: Part): Promise<string> =>
    check().then(
      () => 'ready',
      (error: unknown) => (error instanceof TributaryError ? error.code : String(error)),
    );

  it('is a chain whose latest block is at most 20 block times old', async () => {
    await chain.mineAt((await chain.now()) + 1);
    const at = await chain.now();
    const seen = (age: number, chainId: number) =>
      codeOf(chainPart(chain.provider, chainId, { now: () => toSeconds(at + age) }));
    expect(await seen(20, 31_337)).to.equal('ready');
    expect(await seen(21, 31_337)).to.equal('chain/stale');
    expect(await seen(240, 1)).to.equal('ready');
    expect(await seen(241, 1)).to.equal('chain/stale');
    // A clock that is behind is not the chain's fault.
    expect(await seen(-600, 1)).to.equal('ready');
  });

  it('is a chain that answers', async () => {
    const gone = await startTestChain();
    const provider = await openChain(gone.url);
    await gone.stop();
    expect(await codeOf(chainPart(provider, 31_337, { now: () => toSeconds(0) }))).to.equal(
      'chain/unreachable',
    );
    provider.destroy();
  });

  it('is an IPFS node that says its version', async () => {
    const folder = temporaryFolder();
    const node = await startIpfsProcess(folder);
    const one = ipfsPart(connectIpfs(node.url));
    expect(await codeOf(one)).to.equal('ready');
    await node.stop();
    expect(await codeOf(one)).to.equal('ipfs/unreachable');
    removeFolder(folder);
  });

  it('is a database that answers, and room on the disk', async () => {
    const failing = { query: () => Promise.reject(new Error('closed')) };
    expect(await codeOf(databasePart(failing))).to.equal('Error: closed');
    expect(await codeOf(diskPart(tmpdir(), () => 1))).to.equal('ready');
    expect(await codeOf(diskPart(tmpdir(), () => Number.MAX_SAFE_INTEGER))).to.equal('storage/low');
    const place = (free: number | null) => ({
      look: () => Promise.resolve(),
      free: () => Promise.resolve(free),
    });
    expect(await codeOf(blobsPart(place(9), () => 9))).to.equal('ready');
    expect(await codeOf(blobsPart(place(8), () => 9))).to.equal('storage/low');
    expect(await codeOf(blobsPart(place(null), () => 9))).to.equal('ready');
    const away = { ...place(9), look: () => Promise.reject(unreachable()) };
    expect(await codeOf(blobsPart(away, () => 9))).to.equal('ipfs/unreachable');
  });
});

describe('/healthz and /readyz', () => {
  it('say 200 or 503, nothing secret, and leave every other path alone', async () => {
    const { state, part: one } = part();
    const stopping = new AbortController();
    const ready = readiness([one], { ...quiet, freshMillis: 0 });
    const server = createServer(
      withHealth(ready, stopping.signal, (_request, response) => void response.writeHead(418).end()),
    ).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const ask = async (path: string, method = 'GET') => {
      const response = await fetch(`${url}${path}`, { method });
      return [response.status, await response.text()];
    };
    try {
      expect(await ask('/healthz?x')).to.deep.equal([200, '{"alive":true}']);
      expect(await ask('/readyz')).to.deep.equal([200, '{"ready":true,"parts":{"ipfs":{"ready":true}}}']);
      expect(await ask('/readyz', 'HEAD')).to.deep.equal([200, '']);
      expect((await ask('/readyz', 'POST'))[0]).to.equal(405);
      for (const path of ['/readyz/', '/v1/status', '/']) expect((await ask(path))[0]).to.equal(418);
      const sending = connect((server.address() as AddressInfo).port, '127.0.0.1');
      sending.write('POST /healthz HTTP/1.1\r\nhost: x\r\ncontent-length: 1000000\r\n\r\nx');
      expect(await text(sending)).to.match(/^HTTP\/1\.1 405 /);
      state.failing = unreachable();
      expect(await ask('/readyz')).to.deep.equal([
        503,
        '{"ready":false,"parts":{"ipfs":{"ready":false,"code":"ipfs/unreachable"}}}',
      ]);
      // One that is away is no reason to be started again.
      expect((await ask('/healthz'))[0]).to.equal(200);
      state.failing = null;
      stopping.abort();
      expect((await ask('/readyz'))[0]).to.equal(503);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
});
