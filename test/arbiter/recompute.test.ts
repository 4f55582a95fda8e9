/** Rounds of a real chain, true, false in one place each, and out of reach; recomputed from an IPFS process and over HTTP. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { recomputeRound, type Recomputed } from '#auditor/dispute/recompute.ts';
import { fromHex } from '#crypto/bytes.ts';
import { connectIpfs } from '#datasets/ipfs.ts';
import { scratchStore } from '#datasets/scratch-store.ts';
import { cidFromDigest } from '#protocol/dag.ts';
import { noQuorum } from '#test/contracts/job.ts';
import { at } from '#test/contracts/world.ts';
import { fill } from '#test/lineage/settled-job.ts';
import { digestOfText } from '#test/support/cohort.ts';
import type { SettlementOnChain } from '#contracts/job-facts.ts';
import { openCase, startCourt, type Case, type Court } from './stage.ts';

describe('a posted round, recomputed', function () {
  this.timeout(120_000);
  let court: Court;
  const folder = mkdtempSync(join(tmpdir(), 'tributary-recompute-'));
  before(async () => {
    court = await startCourt();
  });
  beforeEach(() => court.reset());
  after(async () => {
    await court.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function recompute(of: Case, round = 1, change: object = {}): Promise<Recomputed> {
    const { arbiter } = court.stage.world;
    const settlement = at(await of.settlements(), round - 1);
    return recomputeRound(
      {
        contracts: arbiter.contracts,
        store: connectIpfs(court.ipfs().url),
        folder: mkdtempSync(join(folder, 'evidence-')),
        key: arbiter.key,
        ...change,
      },
      { job: of.job, round, head: settlement.head },
      AbortSignal.timeout(30_000),
    );
  }
  /** Posts the honest next round with these fields changed. */
  async function postChanged(of: Case, change: object): Promise<SettlementOnChain> {
    const { escrow } = court.stage.world.coordinator.contracts;
    const honest = await of.post();
    const { round, attempt, manifest, payoutRoot, total, participants } = honest;
    const settlement = { round, attempt, manifest, payoutRoot, total, participants, ...change };
    await court.stage.world.chain.revert(at(snapshots, 0));
    await escrow.send.settle(BigInt(of.job), settlement, noQuorum);
    return at(await of.settlements(), round - 1);
  }
  const snapshots: string[] = [];
  const caseWith = async (change: object) => {
    const of = await openCase(court);
    snapshots.splice(0, 1, await court.stage.world.chain.snapshot());
    await postChanged(of, change);
    return of;
  };

  it('is true where all of it follows from the evidence, which its arbiter may read', async () => {
    const of = await openCase(court);
    await of.post();
    await of.post();
    for (const round of [1, 2]) {
      const found = await recompute(of, round);
      expect(found).to.include({ outcome: 'true', code: null });
      expect(found.findings).to.have.lengthOf(18);
    }
    expect(court.server.given).to.deep.equal(Array(2).fill(court.stage.world.arbiter.address));
  });

  it('is false with another payout root, total or bitmap, each by its code', async () => {
    for (const [change, code] of [
      [{ payoutRoot: digestOfText('other payouts') }, 'payouts/other-root'],
      [{ total: 1n }, 'payouts/other-total'],
      [{ participants: '0x07' }, 'payouts/other-participants'],
    ] as const) {
      await court.reset();
      expect(await recompute(await caseWith(change)), code).to.include({ outcome: 'false', code });
    }
  });

  it('is false where the aggregate is not the sum of the evidence', async () => {
    const of = await openCase(court, { sum: true });
    await of.post();
    expect(await recompute(of)).to.include({ outcome: 'false', code: 'aggregate/differs' });
  });

  it('is missing where nobody gives the evidence, and true again from a node that has it', async () => {
    const of = await openCase(court);
    await of.post();
    court.server.give(null);
    const without = await recompute(of);
    expect(without.outcome).to.equal('missing');
    expect(without.why).to.contain('coordinator/unreachable').and.to.contain('ipfs/not-found');

    await fill(court.ipfs().url, of.fake.evidence);
    expect((await recompute(of)).outcome).to.equal('true');
    expect((await recompute(of, 1, { key: null })).outcome).to.equal('true');
  });

  it('is missing where its manifest does not exist', async () => {
    const found = await recompute(await caseWith({ manifest: digestOfText('no such manifest') }));
    expect(found.outcome).to.equal('missing');
  });

  it('says nothing where the own node is away, keeps nothing, or lacks the terms', async () => {
    const of = await openCase(court);
    await of.post();
    court.server.give(null);
    expect((await recompute(of, 1, { store: connectIpfs('http://127.0.0.1:9') })).outcome).to.equal('away');
    const { facts } = await factsOf(of);
    const terms = cidFromDigest('dag-cbor', fromHex(facts.terms)).toString();
    const node = connectIpfs(court.ipfs().url);
    const lacking = {
      ...node,
      get: (cid: Parameters<typeof node.get>[0]) =>
        cid.toString() === terms ? scratchStore().get(cid) : node.get(cid),
    };
    const found = await recompute(of, 1, { store: lacking });
    expect(found.outcome).to.equal('away');
    expect(found.why).to.contain("the job's terms can not be had");
    const forgetful = { ...node, get: (cid: Parameters<typeof node.get>[0]) => scratchStore().get(cid) };
    expect((await recompute(of, 1, { store: forgetful })).why).to.contain('keeps no block');
  });

  it('is given no more time than there is: what comes drop by drop is missing', async () => {
    const of = await openCase(court);
    await of.post();
    const until = new AbortController();
    const connect = () => ({
      async *evidence() {
        until.abort();
        yield await Promise.reject<Uint8Array>(new Error('cut off'));
      },
    });
    const { arbiter } = court.stage.world;
    const { head } = at(await of.settlements(), 0);
    const found = await recomputeRound(
      {
        contracts: arbiter.contracts,
        store: connectIpfs(court.ipfs().url),
        folder: mkdtempSync(join(folder, 'evidence-')),
        key: arbiter.key,
        connect,
      },
      { job: of.job, round: 1, head },
      until.signal,
    );
    expect(found.outcome).to.equal('missing');
    expect(found.why).to.contain('not in time');
  });

  it('is gone where the posting is not the standing one', async () => {
    const of = await openCase(court);
    await of.post();
    const { arbiter } = court.stage.world;
    const found = await recomputeRound(
      { contracts: arbiter.contracts, store: connectIpfs(court.ipfs().url), folder, key: null },
      { job: of.job, round: 1, head: digestOfText('another head') },
      AbortSignal.timeout(30_000),
    );
    expect(found.outcome).to.equal('gone');
  });

  it('is true when it is posted again with the manifest that it had, and so is the round after it', async () => {
    const of = await openCase(court);
    const posted = [await of.post(), await of.post()];
    const head = await of.challenge(1);
    await of.defend(head);
    const { arbiter, coordinator } = court.stage.world;
    await arbiter.contracts.disputes.send.judge(head, false);
    expect(await of.settlements()).to.deep.equal([]);
    for (const { round, attempt, manifest, payoutRoot, total, participants } of posted) {
      const settlement = { round, attempt, manifest, payoutRoot, total, participants };
      await coordinator.contracts.escrow.send.settle(BigInt(of.job), settlement, noQuorum);
    }
    for (const round of [1, 2])
      expect((await recompute(of, round)).outcome, `round ${round}`).to.equal('true');
  });

  async function factsOf(of: Case) {
    const { terms } = await court.stage.world.buyer.contracts.escrow.read.jobOf(BigInt(of.job));
    return { facts: { terms } };
  }
});
