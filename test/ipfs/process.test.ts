import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { connectIpfs } from '#datasets/ipfs.ts';
import { cidOf, encodeBlock } from '#protocol/dag.ts';
import {
  removeFolder,
  startCommand,
  startIpfsProcess,
  temporaryFolder,
  type NodeProcess,
} from '#test/support/ipfs.ts';
import { failureOf } from './failure.ts';
import { behavesAsBlockStore } from './store-suite.ts';

const bytesOf = (text: string) => new TextEncoder().encode(text);

/** The file that holds a block's bytes. */
function fileOf(folder: string, bytes: Uint8Array): string {
  const found = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .find((file) => file.endsWith('.data') && Buffer.compare(readFileSync(file), bytes) === 0);
  if (found === undefined) throw new Error('no such block on disk');
  return found;
}

describe('the embedded IPFS node, as a process', () => {
  const folder = temporaryFolder();
  let node: NodeProcess;
  const connect = () => connectIpfs(node.url);
  const post = (path: string, init: RequestInit = {}) =>
    fetch(`${node.url}/api/v0/${path}`, { method: 'POST', ...init });
  const put = (bytes: Uint8Array, query = '', name = 'file') => {
    const body = new FormData();
    body.set(name, new Blob([Uint8Array.from(bytes)]));
    return post(`block/put${query}`, { body });
  };

  before(async () => {
    node = await startIpfsProcess(folder);
  });
  after(async () => {
    await node.stop();
    removeFolder(folder);
  });

  behavesAsBlockStore(() => node.url);

  describe('as Kubo', () => {
    it('answers block/put with key and size, raw unless told', async () => {
      const response = await put(bytesOf('hello'));
      expect(await response.json()).to.deep.equal({
        Key: cidOf('raw', bytesOf('hello')).toString(),
        Size: 5,
      });
    });

    it('takes the codec by its older name too, and not two codecs', async () => {
      const block = encodeBlock({ older: true });
      for (const format of ['cbor', 'dag-cbor']) {
        expect(await (await put(block.bytes, `?format=${format}`)).json()).to.have.property(
          'Key',
          block.cid.toString(),
        );
      }
      expect((await put(block.bytes, '?format=raw&cid-codec=dag-cbor')).status).to.equal(400);
    });

    it('answers block/stat and the RPC shape of a missing block', async () => {
      const cid = await connect().put('raw', bytesOf('to be measured'));
      expect(await (await post(`block/stat?arg=${cid.toString()}`)).json()).to.deep.equal({
        Key: cid.toString(),
        Size: 14,
      });
      const lost = cidOf('raw', bytesOf('never stored')).toString();
      for (const call of ['block/stat', 'block/get', 'pin/add']) {
        const response = await post(`${call}?arg=${lost}`);
        expect(response.status, call).to.equal(500);
        expect(await response.json(), call).to.deep.equal({
          Message: `block was not found locally (offline): ipld: could not find ${lost}`,
          Code: 0,
          Type: 'error',
        });
      }
    });

    it('lists, keeps and removes pins', async () => {
      const cid = (await connect().put('raw', bytesOf('pinned'))).toString();
      expect((await post(`pin/ls?arg=${cid}`)).status).to.equal(500);
      expect(await (await post(`pin/add?arg=${cid}`)).json()).to.deep.equal({ Pins: [cid] });
      expect(await (await post(`pin/ls?arg=${cid}`)).json()).to.deep.equal({
        Keys: { [cid]: { Type: 'recursive' } },
      });
      expect(await (await post('pin/ls?type=recursive')).json())
        .to.have.property('Keys')
        .that.has.property(cid);
      expect(await (await post(`pin/rm?arg=${cid}`)).json()).to.deep.equal({ Pins: [cid] });
      expect((await post(`pin/rm?arg=${cid}`)).status).to.equal(500);
      expect((await post(`pin/ls?arg=${cid}`)).status).to.equal(500);
    });
  });

  describe('refuses', () => {
    it('anything but a POST', async () => {
      for (const method of ['GET', 'PUT', 'DELETE', 'OPTIONS']) {
        const response = await fetch(`${node.url}/api/v0/version`, { method });
        expect(response.status, method).to.equal(405);
        expect(response.headers.get('allow')).to.equal('POST');
      }
    });

    it('calls from a web page', async () => {
      for (const headers of [{ origin: 'http://127.0.0.1:3000' }, { referer: 'http://localhost/' }]) {
        expect((await post('version', { headers })).status, JSON.stringify(headers)).to.equal(403);
      }
    });

    it('calls that it does not have', async () => {
      for (const call of ['repo/gc', 'add', 'block/rm'])
        expect((await post(call)).status, call).to.equal(404);
      expect((await fetch(`${node.url}/`, { method: 'POST' })).status).to.equal(404);
    });

    it('arguments that it would not honour', async () => {
      const cid = (await connect().put('raw', bytesOf('arguments'))).toString();
      const refused = [
        'version?colour=red',
        `block/get?arg=${cid}&arg=${cid}`,
        `block/get`,
        `block/get?arg=nonsense`,
        'block/get?arg=QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWKPbdG',
        `pin/add?arg=${cid}&recursive=false`,
        `block/get?arg=${cid}&timeout=soon`,
      ];
      for (const call of refused) {
        const response = await post(call);
        expect(response.status, call).to.equal(400);
        expect(await response.json(), call).to.include({ Code: 1, Type: 'error' });
      }
      for (const query of ['?mhtype=sha3-256', '?mhlen=20', '?cid-codec=dag-pb', '?pin=true']) {
        expect((await put(bytesOf('x'), query)).status, query).to.equal(400);
      }
    });

    it('a block above 4 MiB, and one above 1 MiB unless told', async () => {
      const big = new Uint8Array(4 * 1024 * 1024 + 1);
      expect((await put(big, '?allow-big-block=true')).status).to.equal(413);
      expect((await put(new Uint8Array(8 * 1024 * 1024), '?allow-big-block=true')).status).to.equal(413);
      expect((await put(big.subarray(0, 1024 * 1024 + 1))).status).to.equal(500);
      expect((await put(big.subarray(0, 1024 * 1024))).status).to.equal(200);
    });

    it('a body that is not one file', async () => {
      const two = new FormData();
      two.append('file', new Blob(['one']));
      two.append('file', new Blob(['two']));
      const type = 'multipart/form-data; boundary=b';
      const headers = { 'content-type': type };
      const refused: RequestInit[] = [
        { body: two },
        { body: 'plain' },
        { headers, body: '--b\r\nA: b\r\n\r\nno end' },
        { headers, body: 'no part\r\n\r\n--b--' },
        { headers, body: '--bother\r\n\r\nx\r\n--b--' },
        { headers, body: '--b\r\n\r\nx\r\n--b--more' },
        { headers, body: '--b\r\nx\r\n--b--' },
        { headers, body: '--b\r\n\r\nxxxx--' },
        { headers: { 'content-type': 'multipart/form-data' }, body: '--undefined\r\n\r\nx\r\n--undefined--' },
        { headers },
        { headers: { 'content-type': 'multipart/form-data' }, body: '--b\r\n\r\nx\r\n--b--' },
        {},
      ];
      for (const [i, init] of refused.entries())
        expect((await post('block/put', init)).status, `${i}`).to.equal(400);
      const good = await post('block/put', { headers, body: '--b\r\n\r\nx\r\n--b--\r\n' });
      expect(await good.json()).to.have.property('Size', 1);
    });
  });

  it('shows the client a byte that has changed on disk, and mends it at the next put', async () => {
    const bytes = bytesOf('a block that will rot');
    const cid = await connect().put('raw', bytes);
    const file = fileOf(folder, bytes);
    const rotten = readFileSync(file);
    rotten[3] = (rotten[3] ?? 0) ^ 1;
    writeFileSync(file, rotten);

    const { code, message } = await failureOf(connect().get(cid));
    expect(code).to.equal('ipfs/block-mismatch');
    expect(message).to.contain(cid.toString());
    expect(await failureOf(connect().pin(cid))).to.have.property('code', 'ipfs/refused');

    await connect().put('raw', bytes);
    expect(await connect().get(cid)).to.deep.equal(bytes);
  });

  it('does not acknowledge a block that it could not write', async () => {
    const incoming = join(folder, 'incoming');
    rmSync(incoming, { recursive: true });
    writeFileSync(incoming, 'in the way of every write');
    expect(await failureOf(connect().put('raw', bytesOf('lost')))).to.have.property('code', 'ipfs/refused');
    rmSync(incoming);
    mkdirSync(incoming);
    expect(await failureOf(connect().get(cidOf('raw', bytesOf('lost'))))).to.have.property(
      'code',
      'ipfs/not-found',
    );
    await connect().put('raw', bytesOf('lost'));
  });

  it('refuses a second process the folder, and says who has it', () => {
    const second = spawnSync(process.execPath, [...startCommand, '--folder', folder, '--port', '0'], {
      encoding: 'utf8',
    });
    expect(second.status).to.equal(1);
    expect(second.stderr).to.contain('ipfs/locked').and.to.contain(String(node.pid));
    expect(second.stdout).to.equal('');
  });

  it('says that its port is taken, and leaves its folder free', () => {
    const other = temporaryFolder();
    const { port } = new URL(node.url);
    const second = spawnSync(process.execPath, [...startCommand, '--folder', other, '--port', port], {
      encoding: 'utf8',
    });
    expect(second.status).to.equal(1);
    expect(second.stderr).to.contain('ipfs/port-in-use').and.to.contain(port);
    expect(existsSync(join(other, 'lock'))).to.equal(false);
    removeFolder(other);
  });

  describe('at its end', () => {
    it('keeps all that it acknowledged when it is killed while it stores', async () => {
      const store = connect();
      const kept: Uint8Array[] = [];
      let alive = true;
      const writers = [0, 1, 2].map(async (writer) => {
        for (let i = 0; alive; i++) {
          const bytes = bytesOf(`writer ${writer}, block ${i}`);
          try {
            await store.put('raw', bytes);
          } catch {
            return;
          }
          kept.push(bytes);
          // Killed by whichever writer comes to the 12th block, with the others' calls under way.
          if (kept.length === 12) await node.kill();
        }
      });
      const pinned = cidOf('raw', bytesOf('pinned before the kill'));
      await store.put('raw', bytesOf('pinned before the kill'));
      await store.pin(pinned);
      await Promise.all(writers);
      alive = false;
      expect(existsSync(join(folder, 'lock'))).to.equal(true);

      node = await startIpfsProcess(folder);
      expect(kept.length).to.be.at.least(12);
      for (const bytes of kept) expect(await connect().get(cidOf('raw', bytes))).to.deep.equal(bytes);
      const pins = (await (await post('pin/ls')).json()) as { Keys: object };
      expect(pins.Keys).to.have.property(pinned.toString());
      expect(readdirSync(join(folder, 'incoming'))).to.deep.equal([]);
    });

    it('leaves no lock when it is stopped', async () => {
      await node.stop();
      expect(existsSync(join(folder, 'lock'))).to.equal(false);
    });
  });
});
