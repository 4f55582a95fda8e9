/** What a node reads of its operator's options and of a call's, before anything is connected. */
import { peerIdFromString } from '@libp2p/peer-id';
import { multiaddr } from '@multiformats/multiaddr';
import { expect } from 'chai';
import { readArguments, timeoutArgument } from '#cli/ipfs/arguments.ts';
import { gaterOf } from '#cli/ipfs/connection-gater.ts';
import { readNetwork } from '#cli/ipfs/peers.ts';

const named = '12D3KooWEBzDc6Ass5oHHf5ndvM9qQj9Dw8UiRGgVifm5vLzEQ39';
const other = '12D3KooWJ14k2NA9iBpgsLJQKZ6MPwzUwCJ3RLLD8XgA1ELYwHhn';
const place = '/ip4/10.0.0.2/tcp/4001';

describe('the network of a node', () => {
  const read = (peers: string[], allowAnyPeer = false) =>
    readNetwork({ listen: ['/ip4/127.0.0.1/tcp/0'], peers, allowAnyPeer }, undefined as never);

  it('knows a peer once, with all its addresses', () => {
    const { peers } = read([
      `${place}/p2p/${named}`,
      `/p2p/${other}`,
      `/dns4/node.example/tcp/7/p2p/${named}`,
    ]);
    expect(peers.map(({ id, addresses }) => [id.toString(), addresses.map(String)])).to.deep.equal([
      [named, [`${place}/p2p/${named}`, `/dns4/node.example/tcp/7/p2p/${named}`]],
      [other, []],
    ]);
  });

  describe('lets', () => {
    const connection = undefined as never;
    const closed = gaterOf(read([`${place}/p2p/${named}`]));
    const open = gaterOf(read([`${place}/p2p/${named}`], true));
    const [friend, stranger] = [peerIdFromString(named), peerIdFromString(other)];

    it('nobody in but named peers, unless anybody may come', () => {
      expect(closed.denyInboundEncryptedConnection(friend, connection)).to.equal(false);
      expect(closed.denyInboundEncryptedConnection(stranger, connection)).to.equal(true);
      expect(open.denyInboundEncryptedConnection(stranger, connection)).to.equal(false);
    });

    it('itself dial named peers only, at the addresses that were named', () => {
      for (const gater of [closed, open]) {
        expect(gater.denyDialPeer(friend)).to.equal(false);
        expect(gater.denyDialPeer(stranger)).to.equal(true);
        expect(gater.filterMultiaddrForPeer(friend, multiaddr(place))).to.equal(true);
        expect(gater.filterMultiaddrForPeer(friend, multiaddr(`${place}/p2p/${named}`))).to.equal(true);
        expect(gater.filterMultiaddrForPeer(friend, multiaddr('/ip4/127.0.0.1/tcp/22'))).to.equal(false);
        expect(gater.filterMultiaddrForPeer(stranger, multiaddr(place))).to.equal(false);
      }
    });
  });
});

describe('the time that a call allows', () => {
  const timeout = (text: string) => timeoutArgument(readArguments(new URLSearchParams(text), {}));

  it('is read as Kubo reads it, in whole milliseconds', () => {
    expect(timeout('timeout=300ms')).to.equal(300);
    expect(timeout('timeout=1.5s')).to.equal(1_500);
    expect(timeout('timeout=2m')).to.equal(120_000);
    expect(timeout('timeout=1h')).to.equal(3_600_000);
    expect(timeout('timeout=20us')).to.equal(1);
    expect(timeout('timeout=3000000ns')).to.equal(3);
    expect(timeout('')).to.equal(null);
  });

  it('is no longer than a timer runs', () => expect(timeout('timeout=9999h')).to.equal(2 ** 31 - 1));
});
