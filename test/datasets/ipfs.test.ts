import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { CID } from 'multiformats/cid';
import { TributaryError } from '#crypto/error.ts';
import { connectIpfs } from '#datasets/ipfs.ts';
import { ipfsFailure } from '#datasets/ipfs-failure.ts';
import { cidOf } from '#protocol/dag.ts';
import { failureOf } from '#test/ipfs/failure.ts';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const bytes = Uint8Array.of(1, 2, 3);
const cid = cidOf('raw', bytes);
const refuse =
  (message: string, status = 500): Answer =>
  (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ Message: message, Code: 0, Type: 'error' }));
  };
const json =
  (value: object): Answer =>
  (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(value));
  };

describe('the IPFS client', () => {
  let server: Server;
  let url: string;
  let asked: string[];
  let answer: Answer;

  beforeEach(async () => {
    asked = [];
    server = createServer((request, response) => {
      asked.push(request.url ?? '');
      request.resume().on('end', () => answer(request, response));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  it('says which codec, hash and time it means, and that a block is big only if it is', async () => {
    const store = connectIpfs(url, { timeout: 10_000 });
    for (const size of [3, 1024 * 1024, 1024 * 1024 + 1]) {
      const block = new Uint8Array(size);
      answer = json({ Key: cidOf('dag-cbor', block).toString(), Size: size });
      await store.put('dag-cbor', block);
    }
    const queries = asked.map((path) => new URL(path, url));
    expect(queries.map(({ pathname }) => pathname)).to.deep.equal(Array(3).fill('/api/v0/block/put'));
    for (const { searchParams } of queries) {
      expect(searchParams.get('cid-codec')).to.equal('dag-cbor');
      expect(searchParams.get('mhtype')).to.equal('sha2-256');
      expect(searchParams.get('timeout')).to.equal('8000ms');
    }
    expect(queries.map(({ searchParams }) => searchParams.get('allow-big-block'))).to.deep.equal([
      null,
      null,
      'true',
    ]);
  });

  it('tells bytes that are not the block asked for', async () => {
    answer = (_request, response) => response.end(Uint8Array.of(1, 2, 4));
    const { code, message } = await failureOf(connectIpfs(url).get(cid));
    expect(code).to.equal('ipfs/block-mismatch');
    expect(message).to.contain(cid.toString()).and.to.contain(url);
  });

  it('tells a node that stores under another CID', async () => {
    answer = json({ Key: cidOf('raw', Uint8Array.of(9)).toString(), Size: 3 });
    expect(await failureOf(connectIpfs(url).put('raw', bytes))).to.have.property(
      'code',
      'ipfs/block-mismatch',
    );
  });

  it('takes and sends no block above 4 MiB', async () => {
    const big = new Uint8Array(4 * 1024 * 1024 + 1);
    answer = (_request, response) => response.end(big);
    expect(await failureOf(connectIpfs(url).get(cidOf('raw', big)))).to.have.property(
      'code',
      'ipfs/block-too-big',
    );
    asked = [];
    expect(await failureOf(connectIpfs(url).put('raw', big))).to.have.property('code', 'ipfs/block-too-big');
    expect(asked).to.deep.equal([]);
  });

  it('asks for no link of another kind', async () => {
    const foreign = CID.parse('QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWKPbdG');
    answer = json({});
    for (const call of ['get', 'pin'] as const) {
      expect(await failureOf(connectIpfs(url)[call](foreign))).to.have.property('code', 'dag/link');
    }
    expect(asked).to.deep.equal([]);
  });

  it('tells a block that the node lacks, in the words of its versions, from other refusals', async () => {
    const said: [string, string][] = [
      ['block was not found locally (offline): ipld: could not find x', 'ipfs/not-found'],
      ['merkledag: not found', 'ipfs/not-found'],
      ['context deadline exceeded', 'ipfs/not-found'],
      ['permission denied', 'ipfs/refused'],
    ];
    for (const [message, code] of said) {
      answer = refuse(message);
      expect(await failureOf(connectIpfs(url).get(cid)), message).to.have.property('code', code);
      expect(await failureOf(connectIpfs(url).pin(cid)), message).to.have.property('code', code);
    }
    expect((await failureOf(connectIpfs(url).pin(cid))).message).to.contain('permission denied');
  });

  it('tells a full disk', async () => {
    for (const message of ['ENOSPC: no space left on device, write', 'put /x: no space left on device']) {
      answer = refuse(message);
      const failure = await failureOf(connectIpfs(url).put('raw', bytes));
      expect(failure.code, message).to.equal('ipfs/no-space');
      expect(failure.message).to.contain('free');
    }
  });

  it('tells a node that is not there, and how to start one', async () => {
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');
    const store = connectIpfs(url);
    for (const call of [
      () => store.get(cid),
      () => store.put('raw', bytes),
      () => store.pin(cid),
      () => store.version(),
    ]) {
      const { code, message } = await failureOf(call());
      expect(code).to.equal('ipfs/unreachable');
      expect(message)
        .to.contain(`127.0.0.1:${port}`)
        .and.to.contain('tributary ipfs start')
        .and.to.contain('ECONNREFUSED');
    }
  });

  it('waits no longer than it was told', async () => {
    answer = () => undefined;
    expect(await failureOf(connectIpfs(url, { timeout: 50 }).get(cid))).to.have.property(
      'code',
      'ipfs/unreachable',
    );
    answer = (_request, response) => void response.writeHead(200).write('never ends');
    expect(await failureOf(connectIpfs(url, { timeout: 50 }).get(cid))).to.have.property(
      'code',
      'ipfs/unreachable',
    );
  });

  it('repeats a call once when its connection was lost', async () => {
    answer = (request, response) => (asked.length === 1 ? request.socket.destroy() : response.end(bytes));
    expect(await connectIpfs(url).get(cid)).to.deep.equal(bytes);
    expect(asked).to.have.length(2);

    asked = [];
    answer = (request) => request.socket.destroy();
    expect(await failureOf(connectIpfs(url).get(cid))).to.have.property('code', 'ipfs/unreachable');
    expect(asked).to.have.length(2);
  });

  it('takes for the word of a node only what a node has answered', () => {
    for (const message of ['host not found', 'no space left on device', 'context deadline exceeded']) {
      const failure = ipfsFailure({ url, doing: 'give a block', cid }, new TypeError(message));
      expect(failure.code, message).to.equal('ipfs/unreachable');
    }
  });

  it('does not repeat a call that was answered', async () => {
    answer = refuse('permission denied');
    await failureOf(connectIpfs(url).put('raw', bytes));
    expect(asked).to.have.length(1);
  });

  it('takes URLs of HTTP alone', () => {
    for (const wrong of ['', 'node', '/ip4/127.0.0.1/tcp/5001', 'ftp://localhost']) {
      expect(() => connectIpfs(wrong), wrong)
        .to.throw(TributaryError)
        .with.property('code', 'ipfs/bad-url');
    }
    for (const right of ['http://127.0.0.1:5001', 'https://node.example/api/v0']) connectIpfs(right);
  });
});
