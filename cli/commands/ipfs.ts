/** `tributary ipfs start`: the embedded node, until it is stopped. */
import { join } from 'node:path';
import { startIpfs } from '../ipfs/server.ts';
import { aborted, untilStopped } from '../lifetime.ts';
import { result } from '../output.ts';
import { readSettings, type CommonOptions } from '../settings.ts';

export async function startNode(
  options: CommonOptions & Readonly<{ folder?: string; port: number }>,
): Promise<void> {
  const settings = readSettings(options);
  const stop = untilStopped();
  const folder = options.folder ?? join(settings.home, 'ipfs');
  const node = await startIpfs({ folder, port: options.port });
  result(
    settings.json,
    { event: 'ready', url: node.url, folder },
    `IPFS node at ${node.url}, blocks in ${folder}`,
  );
  await aborted(stop);
  await node.stop();
}
