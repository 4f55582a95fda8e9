/**
 * Helia with libp2p and bitswap, for a node that has peers: TCP, noise and yamux, and nothing that finds or
 * tells anybody: no bootstrap, no routing, no relays. Only named peers are dialled, and only at the addresses
 * that were named. protocol.md §6.1
 * Source: https://specs.ipfs.tech/bitswap-protocol/
 */
import { withBitswap } from '@helia/bitswap';
import { withLibp2pLight, type HeliaWithLibp2p } from '@helia/libp2p';
import { identify } from '@libp2p/identify';
import { noise } from '@libp2p/noise';
import { tcp } from '@libp2p/tcp';
import { yamux } from '@libp2p/yamux';
import { createHeliaLight } from 'helia';
import { TributaryError } from '#crypto/error.ts';
import { gaterOf } from './connection-gater.ts';
import type { DurableBlockstore } from './durable-blockstore.ts';
import type { Network } from './peers.ts';

export type PeeredHelia = HeliaWithLibp2p;

/**
 * The largest message that a Kubo takes. Ours must not be smaller than the largest block that fits in one
 * (4,193,648 bytes): Helia would try to split that for ever.
 */
const messageBytes = 4 * 1024 * 1024;

/** Starts it. @throws TributaryError `ipfs/can-not-listen` */
export async function startSwarm(blockstore: DurableBlockstore, network: Network): Promise<PeeredHelia> {
  const helia = withBitswap(
    withLibp2pLight(createHeliaLight({ blockstore }), {
      privateKey: network.key,
      addresses: { listen: network.listen.map(String) },
      transports: [tcp()],
      connectionEncrypters: [noise()],
      streamMuxers: [yamux()],
      services: { identify: identify() },
      connectionGater: gaterOf(network),
    }),
    { maxOutgoingMessageSize: messageBytes, maxIncomingMessageSize: messageBytes },
  );
  try {
    await helia.start();
  } catch (cause) {
    await helia.stop().catch(() => undefined);
    throw new TributaryError(
      'ipfs/can-not-listen',
      `the IPFS node can not listen for peers on ${network.listen.join(', ')}: choose an address of this ` +
        'machine and a free port, or port 0 for any',
      { cause },
    );
  }
  return helia as PeeredHelia;
}
