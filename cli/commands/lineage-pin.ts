/**
 * `tributary lineage pin JOB`: has the IPFS node keep all that a job's lineage links, fetched from the node's peers
 * where it lacks it. protocol.md §6.2
 */
import { connectIpfs, type IpfsStore } from '#datasets/ipfs.ts';
import { walk } from '#datasets/walk.ts';
import { result } from '../output.ts';
import { readSettings, type CommonOptions } from '../settings.ts';
import { settledHead } from './lineage-head.ts';
import { metered } from './lineage-meter.ts';

/** A pin reads all that hangs on its root. */
const pinMs = 600_000;

/** The node, with time to pin what is large. */
export function patientIpfs(url: string): IpfsStore {
  return { ...connectIpfs(url), pin: (cid) => connectIpfs(url, { timeout: pinMs }).pin(cid) };
}

export async function pinLineage(
  options: CommonOptions & Readonly<{ round?: number }>,
  job: string,
): Promise<void> {
  const settings = readSettings(options);
  const { root, round } = await settledHead(settings, job, options.round);
  const store = patientIpfs(settings.ipfs);
  const { passed } = await metered('fetched', async (count) => {
    // Block by block, so that each has its own time, and what came before a failure is kept.
    for await (const { bytes } of walk(store, root)) count(bytes.length);
  });
  await store.pin(root);
  result(
    settings.json,
    { event: 'pinned', root: root.toString(), round, ipfs: settings.ipfs, ...passed },
    `${root.toString()} pinned at ${settings.ipfs}`,
  );
}
