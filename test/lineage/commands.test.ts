/** `tributary lineage show, export, import, pin` over a real chain and real nodes. */
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { CID } from 'multiformats/cid';
import { exportLineage } from '#cli/commands/lineage-export.ts';
import { importLineage } from '#cli/commands/lineage-import.ts';
import { pinLineage } from '#cli/commands/lineage-pin.ts';
import { showLineage } from '#cli/commands/lineage-show.ts';
import { startIpfs, type IpfsServer } from '#cli/ipfs/server.ts';
import { carBlockStore } from '#datasets/car.ts';
import { readBlock } from '#datasets/read-block.ts';
import { command } from '#examples/demo/processes.ts';
import { roundSchema, type RoundManifest } from '#protocol/manifests.ts';
import { failureOf } from '#test/ipfs/failure.ts';
import { printed, printedLines as lines } from './printed.ts';
import { fill, settledJobs, type SettledJobs } from './settled-job.ts';

describe('the commands of a lineage', function () {
  this.timeout(60_000);
  const folder = mkdtempSync(join(tmpdir(), 'tributary-lineage-'));
  const car = join(folder, 'job.car');
  let jobs: SettledJobs;
  let node: IpfsServer;
  let empty: IpfsServer;
  let root: CID;
  let manifests: readonly [RoundManifest, RoundManifest];

  const options = (ipfs = node) => ({ home: jobs.home, rpc: jobs.rpc, ipfs: ipfs.url, json: true });
  const isPinned = async (ipfs: IpfsServer, cid: CID) =>
    (await fetch(`${ipfs.url}/api/v0/pin/ls?arg=${cid.toString()}`, { method: 'POST' })).ok;
  const emptyNode = async () => {
    await empty.stop();
    empty = await startIpfs({ folder: mkdtempSync(join(folder, 'node-')) });
  };

  before(async () => {
    jobs = await settledJobs(folder);
    node = await startIpfs({ folder: join(folder, 'node') });
    empty = await startIpfs({ folder: join(folder, 'empty') });
    await fill(node.url, jobs.store);
    await printed(exportLineage({ ...options(), out: car }, jobs.job));
    const file = await carBlockStore(car);
    root = file.root;
    const last = await readBlock(file, root, roundSchema, 'the last manifest');
    const first = last.previous && (await readBlock(file, last.previous, roundSchema, 'the first'));
    if (!first) throw new Error('there are two rounds');
    manifests = [first, last];
    await file.close();
  });
  after(async () => {
    await Promise.all([node.stop(), empty.stop(), jobs.stop()]);
    rmSync(folder, { recursive: true, force: true });
  });

  describe('show', () => {
    it('tells each round by its links, as the chain settled it', async () => {
      const [one, two, end] = await lines(showLineage(options(), jobs.job));
      const [first, last] = manifests;
      expect(one).to.include({
        event: 'round',
        round: 1,
        attempt: 1,
        manifest: last.previous?.toString(),
        modelAfter: last.modelBefore.toString(),
        survivors: 4,
        roster: 4,
        transaction: last.previousTransaction,
      });
      expect(two).to.include({
        round: 2,
        manifest: root.toString(),
        modelBefore: first.modelAfter.toString(),
        modelAfter: last.modelAfter.toString(),
        survivors: 3,
        roster: 4,
        aggregate: last.aggregate.toString(),
        payouts: last.payouts.toString(),
      });
      expect(two)
        .to.have.property('payoutRoot')
        .that.matches(/^0x[0-9a-f]{64}$/);
      expect(end).to.include({ event: 'lineage', rounds: 2, initialModel: first.modelBefore.toString() });
    });

    it('says the same to people, from a CAR file too', async () => {
      const text = await printed(showLineage({ ...options(empty), json: false, car }, jobs.job));
      expect(text).to.contain('round 2, attempt 1: 3 of 4 survived');
      for (const part of [root, manifests[1].modelBefore, manifests[1].modelAfter, manifests[1].aggregate]) {
        expect(text).to.contain(part.toString());
      }
      expect(text).to.contain('2 rounds, every link between manifests holds');
      expect(text).to.match(
        /^evidence for members, buyer, 0x[0-9a-f]{40}; kept 90 days after a round is final$/m,
      );
    });

    it('ends at a broken link with its code, after the rounds before it', async () => {
      const broken = await jobs.launchBroken();
      await fill(node.url, jobs.store);
      const { code, line, errors } = await command(['lineage', 'show', broken], {
        TRIBUTARY_HOME: jobs.home,
        TRIBUTARY_RPC: jobs.rpc,
        TRIBUTARY_IPFS: node.url,
      });
      expect(code).to.equal(1);
      expect(line).to.include({ event: 'round', round: 1 });
      expect(errors).to.contain('lineage/broken-link').and.to.contain('round 2');
    });

    it('says that nothing is settled yet', async () => {
      const job = await jobs.launchEmpty();
      await fill(node.url, jobs.store);
      expect(await lines(showLineage(options(), job))).to.have.nested.property('[0].rounds', 0);
      const text = await printed(showLineage({ ...options(), json: false }, job));
      expect(text).to.contain('no round is settled yet');
      const out = join(folder, 'nothing.car');
      expect(await failureOf(exportLineage({ ...options(), out }, job))).to.have.property(
        'code',
        'lineage/empty',
      );
    });
  });

  describe('export', () => {
    it('ends at an earlier round if told so', async () => {
      const out = join(folder, 'first.car');
      const [said] = await lines(exportLineage({ ...options(), out, round: 1 }, jobs.job));
      expect(said).to.include({ event: 'exported', round: 1, root: manifests[1].previous?.toString() });
      const file = await carBlockStore(out);
      expect(file.root.equals(manifests[1].previous)).to.equal(true);
      expect(said).to.have.property('blocks', file.cids().length);
      await file.close();
    });

    it('refuses rounds that are not settled', async () => {
      for (const round of [0, 3]) {
        const refused = exportLineage({ ...options(), out: join(folder, 'none.car'), round }, jobs.job);
        expect(await failureOf(refused)).to.have.property('code', 'lineage/no-such-round');
      }
    });

    it('replaces a file only if told so', async () => {
      const out = join(folder, 'mine.car');
      writeFileSync(out, 'mine');
      const refused = exportLineage({ ...options(), out }, jobs.job);
      expect(await failureOf(refused)).to.have.property('code', 'lineage/file-exists');
      expect(readFileSync(out, 'utf8')).to.equal('mine');
      await printed(exportLineage({ ...options(), out, force: true }, jobs.job));
      expect(readFileSync(out).equals(readFileSync(car))).to.equal(true);
    });

    it('leaves nothing behind when it fails', async () => {
      const out = join(folder, 'failed.car');
      const lacking = exportLineage({ ...options(empty), out }, jobs.job);
      expect(await failureOf(lacking)).to.have.property('code', 'ipfs/not-found');
      expect(readdirSync(folder).filter((name) => name.startsWith('failed'))).to.deep.equal([]);
      const nowhere = exportLineage({ ...options(), out: join(folder, 'no', 'where.car') }, jobs.job);
      expect(await failureOf(nowhere)).to.have.property('code', 'car/unwritable');
      expect(existsSync(join(folder, 'no'))).to.equal(false);
    });
  });

  describe('import', () => {
    beforeEach(emptyNode);

    it('puts all of it elsewhere under the same root, which exports the same file', async () => {
      const [said] = await lines(importLineage(options(empty), car));
      expect(said).to.include({ event: 'imported', root: root.toString(), pinned: true });
      expect(await isPinned(empty, root)).to.equal(true);
      const out = join(folder, 'again.car');
      const [exported] = await lines(exportLineage({ ...options(empty), out }, jobs.job));
      expect(said).to.include({ blocks: exported?.['blocks'], bytes: exported?.['bytes'] });
      expect(readFileSync(out).equals(readFileSync(car))).to.equal(true);
    });
  });

  describe('pin', () => {
    it('has the node keep the whole lineage', async () => {
      expect(await isPinned(node, root)).to.equal(false);
      const [said] = await lines(pinLineage(options(), jobs.job));
      expect(said).to.include({ event: 'pinned', round: 2, root: root.toString(), ipfs: node.url });
      const file = await carBlockStore(car);
      expect(said).to.have.property('blocks', file.cids().length);
      await file.close();
      expect(await isPinned(node, root)).to.equal(true);
    });

    it('says what the node lacks', async () => {
      await emptyNode();
      expect(await failureOf(pinLineage(options(empty), jobs.job))).to.have.property(
        'code',
        'ipfs/not-found',
      );
      expect(await isPinned(empty, root)).to.equal(false);
    });
  });
});
