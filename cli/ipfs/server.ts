/** Starts the embedded IPFS node and its RPC on a loopback address. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { TributaryError } from '#crypto/error.ts';
import { takeLock } from '#datasets/folder-lock.ts';
import type { Peering } from './node.ts';
import type { NetworkOptions } from './peers.ts';
import { createRpc } from './rpc.ts';

export type IpfsServerOptions = Readonly<{
  /** Where blocks and pins are kept; made if missing. */
  folder: string;
  /** Whoever reaches this address can read and write blocks: only loopback is safe without a firewall. */
  host?: string;
  /** 0 takes a free one. */
  port?: number;
  /** Peers that blocks come from and go to; without it, no network at all. */
  network?: NetworkOptions | null;
}>;

export type IpfsServer = Readonly<{
  /** For connectIpfs, as `http://127.0.0.1:5001`. */
  url: string;
  /** Null without a network. */
  peering: Peering | null;
  /** Finishes running calls, then closes the node and releases the folder. */
  stop(): Promise<void>;
}>;

/** Idle connections outlive the pauses of a client that trains. */
const keepAliveMs = 75_000;
const stopMs = 2_000;

/** @throws TributaryError `ipfs/locked`, `ipfs/port-in-use`, and those of a network as `openNode` */
export async function startIpfs({
  folder,
  host = '127.0.0.1',
  port = 0,
  network = null,
}: IpfsServerOptions): Promise<IpfsServer> {
  const file = join(folder, 'lock');
  const lock = await takeLock(file, (pid) => folderInUse(file, pid));
  const closers = [lock.release];
  const close = async () => {
    for (const closer of closers.reverse()) await closer();
  };
  try {
    // Helia takes over a second to load: only who starts a node pays for it.
    const [{ openNode }, { openPins }] = await Promise.all([import('./node.ts'), import('./pins.ts')]);
    const node = await openNode(folder, network);
    closers.push(node.close);
    const server = createServer({ keepAliveTimeout: keepAliveMs }, createRpc(node, await openPins(folder)));
    closers.push(() => closeServer(server));
    const bound = await listen(server, host, port);
    return {
      url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}`,
      peering: node.peering,
      stop: close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function listen(server: Server, host: string, port: number): Promise<number> {
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (cause) {
    throw new TributaryError(
      'ipfs/port-in-use',
      `the IPFS node can not listen on ${host}:${port}: choose another port, or 0 for a free one`,
      { cause },
    );
  }
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : port;
}

async function closeServer(server: Server): Promise<void> {
  if (!server.listening) return;
  const closed = once(server, 'close');
  server.close();
  const giveUp = setTimeout(() => server.closeAllConnections(), stopMs);
  await closed;
  clearTimeout(giveUp);
}

export const folderInUse = (file: string, pid: number) =>
  new TributaryError(
    'ipfs/locked',
    `process ${pid} uses the blocks beside ${file}: connect to that node, stop it, or choose another folder; if that ` +
      'process is not "tributary ipfs start", delete the file',
  );
