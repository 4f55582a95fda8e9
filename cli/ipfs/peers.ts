/** Who a node may talk to: the addresses that its operator named, and nobody else unless told. */
import type { Ed25519PrivateKey, PeerId } from '@libp2p/interface';
import { peerIdFromString } from '@libp2p/peer-id';
import { multiaddr, type Multiaddr } from '@multiformats/multiaddr';
import { TributaryError } from '#crypto/error.ts';

/** As given on the command line. */
export type NetworkOptions = Readonly<{
  /** Addresses to listen on, as `/ip4/127.0.0.1/tcp/0`; none: connections go out only. */
  listen: readonly string[];
  /** Peers, as `/ip4/10.0.0.2/tcp/4001/p2p/12D3Koo…`; without an address, `/p2p/12D3Koo…`, one that may only come in. */
  peers: readonly string[];
  /** Whoever reaches the address may come in, and read each block whose CID it knows. */
  allowAnyPeer: boolean;
}>;

export type Network = Readonly<{
  key: Ed25519PrivateKey;
  listen: readonly Multiaddr[];
  peers: readonly Peer[];
  allowAnyPeer: boolean;
}>;

export type Peer = Readonly<{
  id: PeerId;
  /** Where it is dialled, none for one that comes in. */
  addresses: readonly Multiaddr[];
}>;

/**
 * Reads addresses; those of one peer are brought together.
 *
 * @throws TributaryError `ipfs/bad-address`
 */
export function readNetwork(
  { listen, peers, allowAnyPeer }: NetworkOptions,
  key: Ed25519PrivateKey,
): Network {
  const known = new Map<string, Peer>();
  for (const text of peers) {
    const { id, address } = readPeer(text);
    const earlier = known.get(id.toString())?.addresses ?? [];
    known.set(id.toString(), { id, addresses: address === null ? earlier : [...earlier, address] });
  }
  if (allowAnyPeer && listen.length === 0) {
    throw badAddress('--allow-any-peer', 'nobody can come in where nothing listens: give --listen');
  }
  return { key, listen: listen.map(readListen), peers: [...known.values()], allowAnyPeer };
}

function readListen(text: string): Multiaddr {
  const address = parse(text);
  if (!/^\/(ip4|ip6)\/[^/]+\/tcp\/\d+$/.test(address.toString())) {
    throw badAddress(text, 'listen on an address as /ip4/127.0.0.1/tcp/4001');
  }
  return address;
}

function readPeer(text: string): { id: PeerId; address: Multiaddr | null } {
  const address = parse(text);
  const found = /^(\/(?:ip4|ip6|dns|dns4|dns6)\/[^/]+\/tcp\/\d+)?\/p2p\/([^/]+)$/.exec(address.toString());
  const [, place, id] = found ?? [];
  if (id === undefined) {
    throw badAddress(text, 'name a peer as /ip4/10.0.0.2/tcp/4001/p2p/12D3Koo…, which its node prints');
  }
  return { id: peerIdFromString(id), address: place === undefined ? null : address };
}

function parse(text: string): Multiaddr {
  try {
    return multiaddr(text);
  } catch (cause) {
    throw badAddress(text, 'it is no multiaddress', cause);
  }
}

const badAddress = (text: string, why: string, cause?: unknown) =>
  new TributaryError('ipfs/bad-address', `${text.slice(0, 200)} can not be used: ${why}`, { cause });
