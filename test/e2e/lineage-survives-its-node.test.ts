/** The node that held a job's lineage is destroyed, and the lineage goes on from a second one that had pinned it. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { succeed, type Line } from '#examples/demo/processes.ts';
import { carBlockStore } from '#datasets/car.ts';
import { walk } from '#datasets/walk.ts';
import { fill, settledJobs, type SettledJobs } from '#test/lineage/settled-job.ts';
import { startIpfsProcess, type NodeProcess } from '#test/support/ipfs.ts';

const loopback = '/ip4/127.0.0.1/tcp/0';

describe('a lineage whose node is destroyed', function () {
  this.timeout(180_000);
  const root = mkdtempSync(join(tmpdir(), 'tributary-survives-'));
  const folder = (name: string) => join(root, name);
  const nodes: NodeProcess[] = [];
  let jobs: SettledJobs | undefined;
  let pinned: Line;
  let exportedBefore: Line;
  let exportedAfter: Line;
  let audited: Line;
  let downloaded: Line;

  before(async () => {
    const made = (jobs = await settledJobs(root));
    const command = (ipfs: string, ...args: string[]) =>
      succeed(args, { TRIBUTARY_HOME: made.home, TRIBUTARY_RPC: made.rpc, TRIBUTARY_IPFS: ipfs });
    const start = async (name: string, ...more: string[]) => {
      const node = await startIpfsProcess(folder(name), ...more);
      nodes.push(node);
      return node;
    };
    const { peerId } = await succeed(['ipfs', 'id', '--folder', folder('second')], {});
    const first = await start('first', '--listen', loopback, '--peer', `/p2p/${String(peerId)}`);
    mkdirSync(folder('cars'));
    const [, second] = await Promise.all([
      fill(first.url, made.store),
      start('second', '--peer', first.addresses[0] ?? ''),
    ]);
    const [before, after] = [folder('cars/before.car'), folder('cars/after.car')];
    [exportedBefore, pinned] = await Promise.all([
      command(first.url, 'lineage', 'export', made.job, '--out', before),
      command(second.url, 'lineage', 'pin', made.job),
    ]);

    await first.kill();
    rmSync(folder('first'), { recursive: true });

    [exportedAfter, audited, downloaded] = await Promise.all([
      command(second.url, 'lineage', 'export', made.job, '--out', after),
      command(second.url, 'audit', made.job, '--evidence', made.evidence),
      command(second.url, 'buyer', 'download', made.job, '--out', folder('model')),
    ]);
  });
  after(async () => {
    await Promise.all(nodes.map((node) => node.stop()));
    await jobs?.stop();
    rmSync(root, { recursive: true, force: true });
  });

  it('was fetched whole by the second node', () => {
    expect(pinned).to.include({ event: 'pinned', round: 2, root: exportedBefore['root'] });
    expect(pinned['blocks']).to.equal(exportedBefore['blocks']);
    expect(pinned['bytes']).to.equal(exportedBefore['bytes']);
  });

  it('is exported from there under the same root, block by block', async () => {
    expect(exportedAfter['root']).to.equal(exportedBefore['root']);
    const [before, after] = await Promise.all(
      ['before', 'after'].map((name) => carBlockStore(folder(`cars/${name}.car`))),
    );
    if (!before || !after) throw new Error('there are two files');
    let blocks = 0;
    for await (const { cid, bytes } of walk(before, before.root)) {
      expect(Buffer.compare(await after.get(cid), bytes), cid.toString()).to.equal(0);
      blocks += 1;
    }
    expect(blocks).to.equal(exportedAfter['blocks']).and.to.be.above(20);
    await Promise.all([before.close(), after.close()]);
  });

  it('passes the audit, at every level', () => {
    expect(audited['passed']).to.equal(true);
  });

  it('gives the model', () => {
    expect(downloaded).to.include({ event: 'downloaded', round: 2 });
  });
});
