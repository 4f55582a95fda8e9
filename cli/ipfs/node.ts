/**
 * The embedded IPFS node: Helia over blocks on disk, without libp2p, network or bootstrap unless it is given
 * peers. protocol.md §6.1
 */
import './with-resolvers.ts';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Multiaddr } from '@multiformats/multiaddr';
import { createHeliaLight } from 'helia';
import type { CID } from 'multiformats/cid';
import { toHex } from '#crypto/bytes.ts';
import { digestOf } from '#protocol/dag.ts';
import { DurableBlockstore } from './durable-blockstore.ts';
import { syncFolder } from './durable-file.ts';
import type { NetworkOptions } from './peers.ts';
import { missingBlock } from './rpc-error.ts';

export type IpfsNode = Readonly<{
  /** Helia's version. */
  version: string;
  /** Null for a node without a network. */
  peering: Peering | null;
  /** Resolves when the block is on disk. A damaged copy is replaced. */
  put(cid: CID, bytes: Uint8Array): Promise<void>;
  /** The bytes on disk, not hashed again, or null. */
  get(cid: CID): Promise<Uint8Array | null>;
  /**
   * The bytes on disk, or those of a peer, which are then on disk.
   *
   * @param signal when the caller gives up
   * @throws RpcError if they are not to be had
   */
  fetch(cid: CID, signal: AbortSignal): Promise<Uint8Array>;
  close(): Promise<void>;
}>;

export type Peering = Readonly<{
  peerId: string;
  /** Where peers find this node, each with its peer id. */
  addresses(): string[];
  /** Tells of each peer that is connected, comes, or goes. */
  watch(tell: (peerId: string, connected: boolean) => void): void;
}>;

type Exchange = Peering & Awaited<ReturnType<typeof exchange>>;

/**
 * Opens the node in a folder that the caller has locked.
 *
 * @throws TributaryError `ipfs/bad-address`, `ipfs/bad-peer-key`, `ipfs/can-not-listen`
 */
export async function openNode(folder: string, network: NetworkOptions | null = null): Promise<IpfsNode> {
  const aside = join(folder, 'incoming');
  await rm(aside, { recursive: true, force: true });
  await mkdir(aside, { recursive: true });
  const disk = new DurableBlockstore(join(folder, 'blocks'), aside);
  await disk.open();
  const peers: Exchange | null = network === null ? null : await exchange(disk, folder, aside, network);
  const helia = peers?.helia ?? (await createHeliaLight({ blockstore: disk }).start());
  await syncFolder(folder);
  /** The last write of each block, so that two of one block do not overlap. */
  const writes = new Map<string, Promise<void>>();

  async function get(cid: CID): Promise<Uint8Array | null> {
    if (!(await helia.blockstore.has(cid))) return null;
    const parts: Uint8Array[] = [];
    for await (const part of helia.blockstore.get(cid, { offline: true })) parts.push(part);
    return Buffer.concat(parts);
  }

  async function write(cid: CID, bytes: Uint8Array): Promise<void> {
    const present = await get(cid);
    // Helia would keep whatever is there; blocks come and go under one name only if they are the same.
    if (present === null) await helia.blockstore.put(cid, bytes);
    else if (Buffer.compare(present, bytes) !== 0) await disk.put(cid, bytes);
    peers?.fetcher.arrived(cid, bytes);
  }

  return {
    version: helia.info.version,
    peering: peers,
    put(cid, bytes) {
      const key = toHex(digestOf(cid));
      const after = (writes.get(key) ?? Promise.resolve())
        .catch(() => undefined)
        .then(() => write(cid, bytes));
      writes.set(key, after);
      const forget = () => {
        if (writes.get(key) === after) writes.delete(key);
      };
      after.then(forget, forget);
      return after;
    },
    get,
    async fetch(cid, signal) {
      const bytes = await get(cid);
      if (bytes !== null) return bytes;
      if (peers === null) throw missingBlock(cid);
      return peers.fetcher.fetch(cid, signal);
    },
    async close() {
      await peers?.close();
      await Promise.allSettled(writes.values());
      await helia.stop();
      await disk.close();
    },
  };
}

/** Libp2p and bitswap take another second to load: only a node with peers pays for them. */
async function exchange(disk: DurableBlockstore, folder: string, aside: string, options: NetworkOptions) {
  const [{ ownPeerKey }, { readNetwork }, { startSwarm }, { keepConnected }, { fetchFrom }] =
    await Promise.all([
      import('./peer-key.ts'),
      import('./peers.ts'),
      import('./swarm.ts'),
      import('./keep-connected.ts'),
      import('./fetch-blocks.ts'),
    ]);
  const network = readNetwork(options, await ownPeerKey(folder, aside));
  const helia = await startSwarm(disk, network);
  const connections = keepConnected(helia.libp2p, network);
  const fetcher = fetchFrom(helia, connections);
  return {
    helia,
    fetcher,
    peerId: helia.libp2p.peerId.toString(),
    addresses: () => helia.libp2p.getMultiaddrs().map((address: Multiaddr) => address.toString()),
    watch(tell: (peerId: string, connected: boolean) => void) {
      for (const id of helia.libp2p.getPeers()) tell(id.toString(), true);
      helia.libp2p.addEventListener('peer:connect', ({ detail }) => tell(detail.toString(), true));
      helia.libp2p.addEventListener('peer:disconnect', ({ detail }) => tell(detail.toString(), false));
    },
    async close() {
      connections.close();
      await fetcher.close();
    },
  };
}
