/** Nodes with peers: whom they talk to, what they fetch, and what they keep when the other is gone. */
import { chmodSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { peerIdOf } from '#cli/ipfs/peer-id.ts';
import type { NetworkOptions } from '#cli/ipfs/peers.ts';
import { startIpfs, type IpfsServer } from '#cli/ipfs/server.ts';
import { connectIpfs } from '#datasets/ipfs.ts';
import { cidOf, encodeBlock } from '#protocol/dag.ts';
import { removeFolder, temporaryFolder } from '#test/support/ipfs.ts';
import { failureOf } from './failure.ts';

const bytesOf = (text: string) => new TextEncoder().encode(text);
const loopback = '/ip4/127.0.0.1/tcp/0';

describe('IPFS nodes with peers', function () {
  this.timeout(60_000);
  const folder = temporaryFolder();
  const folderOf = (name: string) => join(folder, name);
  const nodes = new Set<IpfsServer>();
  let first: IpfsServer;
  let second: IpfsServer;
  let stranger: IpfsServer;
  let secondId: string;

  const start = async (name: string, network: Partial<NetworkOptions>) => {
    const node = await startIpfs({
      folder: folderOf(name),
      network: { listen: [], peers: [], allowAnyPeer: false, ...network },
    });
    nodes.add(node);
    return node;
  };
  const addressOf = (node: IpfsServer): string => node.peering?.addresses()[0] ?? '';
  const post = (node: IpfsServer, path: string) => fetch(`${node.url}/api/v0/${path}`, { method: 'POST' });
  const store = (node: IpfsServer) => connectIpfs(node.url, { timeout: 20_000 });

  before(async () => {
    secondId = await peerIdOf(folderOf('second'));
    first = await start('first', { listen: [loopback], peers: [`/p2p/${secondId}`] });
    const peers = [addressOf(first)];
    second = await start('second', { listen: [loopback], peers });
    stranger = await start('stranger', { peers });
  });
  after(async () => {
    await Promise.all([...nodes].map((node) => node.stop()));
    removeFolder(folder);
  });

  it('have an id that stays, with a key that only their user can read', async () => {
    expect(second.peering?.peerId).to.equal(secondId);
    expect(await peerIdOf(folderOf('second'))).to.equal(secondId);
    expect(first.peering?.peerId)
      .to.match(/^12D3Koo/)
      .and.not.equal(secondId);
    expect(first.peering?.addresses()).to.have.length(1);
    expect(addressOf(first)).to.match(/^\/ip4\/127\.0\.0\.1\/tcp\/\d+\/p2p\/12D3Koo/);
    expect(statSync(join(folderOf('first'), 'peer-key')).mode & 0o777).to.equal(0o600);
  });

  it('give each other blocks, in either direction of the connection, and keep them', async () => {
    for (const [from, to] of [
      [first, second],
      [second, first],
    ] as const) {
      const bytes = bytesOf(`for ${to.url}`);
      const cid = await store(from).put('raw', bytes);
      expect((await post(to, `block/get?arg=${cid.toString()}&offline=true`)).status).to.equal(500);
      expect(await store(to).get(cid)).to.deep.equal(bytes);
      const kept = await post(to, `block/get?arg=${cid.toString()}&offline=true`);
      expect(new Uint8Array(await kept.arrayBuffer())).to.deep.equal(bytes);
    }
  });

  it('give a block as large as bitswap takes', async () => {
    const bytes = new Uint8Array(4_193_000).map((_, at) => at * 7);
    const cid = await store(first).put('raw', bytes);
    expect(Buffer.compare(await store(second).get(cid), bytes)).to.equal(0);
  });

  it('pin a DAG of another by fetching all of it', async () => {
    const leaf = await store(first).put('raw', bytesOf('leaf'));
    const { cid } = encodeBlock({ below: await store(first).put('dag-cbor', encodeBlock({ leaf }).bytes) });
    await store(first).put('dag-cbor', encodeBlock({ below: encodeBlock({ leaf }).cid }).bytes);
    const offline = await post(second, `pin/add?arg=${cid.toString()}&offline=true`);
    expect(offline.status).to.equal(500);
    await store(second).pin(cid);
    expect((await post(second, `block/stat?arg=${leaf.toString()}&offline=true`)).status).to.equal(200);
  });

  it('tell the size of a block that a peer has', async () => {
    const cid = await store(first).put('raw', bytesOf('measured elsewhere'));
    const answer = await post(second, `block/stat?arg=${cid.toString()}`);
    expect(await answer.json()).to.deep.equal({ Key: cid.toString(), Size: 18 });
  });

  it('give up when the caller does, and have the block for the next who asks', async () => {
    const bytes = bytesOf('not yet anywhere');
    const cid = cidOf('raw', bytes);
    const started = Date.now();
    const early = await post(second, `block/get?arg=${cid.toString()}&timeout=300ms`);
    expect(Date.now() - started).to.be.within(250, 10_000);
    expect(early.status).to.equal(500);
    expect(await early.json()).to.deep.equal({
      Message: `ipld: could not find ${cid.toString()}: no peer gave it in time`,
      Code: 0,
      Type: 'error',
    });
    await store(first).put('raw', bytes);
    expect(await store(second).get(cid)).to.deep.equal(bytes);
  });

  it('answer who waits for a block as soon as it is put', async () => {
    const bytes = bytesOf('put while somebody waits');
    const cid = cidOf('raw', bytes);
    const waiting = store(second).get(cid);
    await post(second, 'version');
    await store(second).put('raw', bytes);
    expect(await waiting).to.deep.equal(bytes);
  });

  it('do not take a block whose bytes are other ones', async () => {
    const bytes = bytesOf('a block that rots on the first node');
    const cid = await store(first).put('raw', bytes);
    const root = folderOf('first');
    const file = readdirSync(root, { recursive: true, encoding: 'utf8' }).find(
      (path) => path.endsWith('.data') && Buffer.compare(readFileSync(join(root, path)), bytes) === 0,
    );
    writeFileSync(join(root, file ?? ''), bytesOf('A block that rots on the first node'));
    expect((await post(second, `block/get?arg=${cid.toString()}&timeout=1s`)).status).to.equal(500);
    expect((await post(second, `block/get?arg=${cid.toString()}&offline=true`)).status).to.equal(500);
  });

  it('let in nobody whom they were not told of', async () => {
    const cid = await store(first).put('raw', bytesOf('not for strangers'));
    expect((await post(stranger, `block/get?arg=${cid.toString()}&timeout=1s`)).status).to.equal(500);
    expect((await post(second, `block/get?arg=${cid.toString()}&timeout=3s`)).status).to.equal(200);
  });

  it('let in anybody if told so', async () => {
    const open = await start('open', { listen: [loopback], allowAnyPeer: true });
    const guest = await start('guest', { peers: [addressOf(open)] });
    const cid = await store(open).put('raw', bytesOf('for everybody'));
    expect(await store(guest).get(cid)).to.deep.equal(bytesOf('for everybody'));
  });

  it('have no network, no key and no id unless told', async () => {
    const alone = await startIpfs({ folder: folderOf('alone') });
    nodes.add(alone);
    expect(alone.peering).to.equal(null);
    expect(readdirSync(folderOf('alone'))).to.not.contain('peer-key');
  });

  it('refuse addresses that are none, and leave their folder free', async () => {
    const taken = addressOf(first).replace(/\/p2p\/.*/, '');
    const refused: [string, Partial<NetworkOptions>][] = [
      ['ipfs/bad-address', { listen: ['localhost:4001'] }],
      ['ipfs/bad-address', { listen: ['/ip4/127.0.0.1/udp/4001'] }],
      ['ipfs/bad-address', { peers: ['/ip4/127.0.0.1/tcp/4001'] }],
      ['ipfs/bad-address', { peers: [`/ip4/127.0.0.1/udp/4001/p2p/${secondId}`] }],
      ['ipfs/bad-address', { allowAnyPeer: true }],
      ['ipfs/can-not-listen', { listen: [taken] }],
    ];
    for (const [code, network] of refused) {
      const failure = await failureOf(start('refused', network));
      expect(failure.code, JSON.stringify(network)).to.equal(code);
      expect(readdirSync(folderOf('refused'))).to.not.contain('lock');
    }
  });

  it('refuse a key that is damaged, or open to others', async () => {
    const home = folderOf('key');
    await peerIdOf(home);
    const file = join(home, 'peer-key');
    chmodSync(file, 0o644);
    expect(await failureOf(peerIdOf(home))).to.have.property('code', 'ipfs/bad-peer-key');
    chmodSync(file, 0o600);
    writeFileSync(file, 'no key');
    expect(await failureOf(peerIdOf(home))).to.have.property('code', 'ipfs/bad-peer-key');
    expect(await failureOf(start('key', { listen: [loopback] }))).to.have.property(
      'code',
      'ipfs/bad-peer-key',
    );
    // A key of secp256k1, in libp2p's protobuf.
    writeFileSync(file, Uint8Array.of(8, 2, 18, 32, ...new Uint8Array(32).fill(7)));
    expect((await failureOf(peerIdOf(home))).message).to.contain('Ed25519');
  });

  it('go on without a peer that is gone, say what they lack at once, and find it again', async () => {
    const cid = await store(first).put('raw', bytesOf('before the end'));
    expect(await store(second).get(cid)).to.deep.equal(bytesOf('before the end'));
    const late = await store(first).put('raw', bytesOf('stored and not fetched'));
    const listen = [addressOf(first).replace(/\/p2p\/.*/, '')];
    const seen: [string, boolean][] = [];
    second.peering?.watch((peerId, connected) => void seen.push([peerId, connected]));
    nodes.delete(first);
    await first.stop();

    expect(await store(second).get(cid)).to.deep.equal(bytesOf('before the end'));
    const { code, message } = await failureOf(store(second).get(late));
    expect(code).to.equal('ipfs/not-found');
    expect(message).to.contain('no peer is connected');

    first = await start('first', { listen, peers: [`/p2p/${secondId}`] });
    // The first waits for the second, which dials it again of its own accord.
    const after = await store(second).put('raw', bytesOf('stored meanwhile'));
    expect(await store(first).get(after)).to.deep.equal(bytesOf('stored meanwhile'));
    expect(await store(second).get(late)).to.deep.equal(bytesOf('stored and not fetched'));
    const id = first.peering?.peerId ?? '';
    expect(seen).to.deep.equal([
      [id, true],
      [id, false],
      [id, true],
    ]);
  });
});
