/** `tributary ipfs`: the embedded node, until it is stopped, and the id that its peers know it by. */
import { join } from 'node:path';
import { startIpfs } from '../ipfs/server.ts';
import { aborted, untilStopped } from '../lifetime.ts';
import { progress, result } from '../output.ts';
import { readSettings, type CommonOptions, type Settings } from '../settings.ts';

type FolderOption = CommonOptions & Readonly<{ folder?: string }>;
type StartOptions = FolderOption &
  Readonly<{ port: number; listen: string[]; peer: string[]; allowAnyPeer?: boolean }>;

const folderOf = ({ folder }: FolderOption, settings: Settings): string =>
  folder ?? join(settings.home, 'ipfs');

export async function startNode(options: StartOptions): Promise<void> {
  const settings = readSettings(options);
  const stop = untilStopped();
  const folder = folderOf(options, settings);
  const { listen, peer: peers, allowAnyPeer = false } = options;
  const hasNetwork = listen.length > 0 || peers.length > 0 || allowAnyPeer;
  const node = await startIpfs({
    folder,
    port: options.port,
    network: hasNetwork ? { listen, peers, allowAnyPeer } : null,
  });
  const addresses = node.peering?.addresses() ?? [];
  result(
    settings.json,
    {
      event: 'ready',
      url: node.url,
      folder,
      ...(node.peering ? { peerId: node.peering.peerId, addresses } : {}),
    },
    [
      `IPFS node at ${node.url}, blocks in ${folder}`,
      ...(node.peering ? [`peer ${node.peering.peerId}`] : []),
      ...addresses.map((address) => `listening for peers on ${address}`),
    ].join('\n'),
  );
  node.peering?.watch((peerId, connected) => {
    if (settings.json) result(true, { event: 'peer', peerId, connected }, '');
    else progress(`peer ${peerId} ${connected ? 'is connected' : 'is gone'}`);
  });
  await aborted(stop);
  await node.stop();
}

export async function showPeerId(options: FolderOption): Promise<void> {
  const settings = readSettings(options);
  const folder = folderOf(options, settings);
  const { peerIdOf } = await import('../ipfs/peer-id.ts');
  const peerId = await peerIdOf(folder);
  result(settings.json, { event: 'id', peerId, folder }, peerId);
}
