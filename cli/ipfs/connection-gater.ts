/** Whom a node connects to and who may connect to it, by peer id, which the noise handshake has proved. */
import type { ConnectionGater } from '@libp2p/interface';
import type { Multiaddr } from '@multiformats/multiaddr';
import type { Network } from './peers.ts';

export type Gater = Required<
  Pick<ConnectionGater, 'denyDialPeer' | 'denyInboundEncryptedConnection' | 'filterMultiaddrForPeer'>
>;

/** Named peers only, at the addresses that were named; others come in only where anybody may. */
export function gaterOf({ peers, allowAnyPeer }: Pick<Network, 'peers' | 'allowAnyPeer'>): Gater {
  const named = new Map(peers.map(({ id, addresses }) => [id.toString(), addresses.map(placeOf)]));
  return {
    denyDialPeer: (id) => !named.has(id.toString()),
    denyInboundEncryptedConnection: (id) => !allowAnyPeer && !named.has(id.toString()),
    // A peer tells where else it may be reached; it is not to choose whom this node connects to.
    filterMultiaddrForPeer: (id, address) => named.get(id.toString())?.includes(placeOf(address)) === true,
  };
}

/** An address without the peer's id. */
const placeOf = (address: Multiaddr): string => address.toString().replace(/\/p2p\/.*$/, '');
