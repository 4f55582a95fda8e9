import { expect } from 'chai';
import { chainReads } from '#client/chain.ts';
import { claimPay, payOf } from '#client/claim.ts';
import { openLineage } from '#client/lineage.ts';
import { roundStatuses } from '#client/status.ts';
import { openJournal } from '#client/journal/journal.ts';
import type { SendingContracts } from '#contracts/connect.ts';
import { readJobFacts } from '#contracts/job-facts.ts';
import { writeBlock } from '#datasets/read-block.ts';
import { scratchStore } from '#datasets/scratch-store.ts';
import { digestHex } from '#model/model-store.ts';
import { cidOf } from '#protocol/dag.ts';
import { noPayouts, payoutRoot, payoutsAfter, type PayoutLeaf } from '#protocol/rules/payouts.ts';
import type { Payouts, RoundManifest } from '#protocol/manifests.ts';
import { toAmount, type Bytes32 } from '#protocol/units.ts';
import { activeJob, openJob, settle, settlement, type TestJob } from '#test/contracts/job.ts';
import { list, startWorld, type World } from '#test/contracts/world.ts';
import { digestOfText, operatorKey } from '#test/support/cohort.ts';
import { quick } from './support/cohort.ts';
import { newHome, removeHomes } from './support/home.ts';
import { codeOf } from './support/outcome.ts';

const plan = { rounds: 3, bonusPool: 301n, seats: [1000n, 700n, 50n].map((price) => ({ price, units: 3 })) };

describe("an owner's pay", () => {
  let world: World;
  let job: TestJob;
  const sources = { store: scratchStore(), lineage: null };
  before(async () => {
    world = await startWorld();
  });
  after(() => world.stop());
  beforeEach(async () => {
    await world.reset();
    job = await activeJob(world, plan);
  });
  afterEach(removeHomes);

  const dataset = (seat: number) => Number(job.listings[seat]!.dataset);
  const number = () => Number(job.job);
  /** Settles the next round by the rule. @returns when it is final, and the leaves so far */
  async function settleNext(round: number, before: readonly PayoutLeaf[], participants: number[]) {
    const rule = { job: number(), rounds: 3, bonusPool: 301n, seats: plan.seats };
    const payouts = payoutsAfter(rule, before, participants);
    const settled = await settle(world, job, settlement(job, round, payouts.root, participants));
    return { readyAt: settled.readyAt, payouts };
  }
  const owner = (seat: number) => job.listings[seat]!.owner;
  const pay = (seat: number, from: Parameters<typeof payOf>[1] = sources) =>
    payOf(world.stranger.contracts, from, number(), dataset(seat));

  it('goes to any account that the owner names, and to none that another does', async () => {
    const { readyAt } = await settleNext(1, noPayouts(3), [0, 2]);
    await world.chain.mineAt(readyAt);
    const to = world.arbiter.address;
    const { paymentToken } = world.stranger.contracts;
    const [there, own] = [
      await paymentToken.read.balanceOf(to),
      await paymentToken.read.balanceOf(owner(0).address),
    ];
    const claim = (as: SendingContracts) => claimPay(as, sources, number(), dataset(0), to);
    expect(await codeOf(claim(world.stranger.contracts))).to.equal('escrow/not-dataset-owner');
    expect((await claim(owner(0).contracts)).paid).to.equal(1050n);
    expect(await paymentToken.read.balanceOf(to)).to.equal(there + 1050n);
    expect(await paymentToken.read.balanceOf(owner(0).address)).to.equal(own);
  });

  it('is pending until the window has passed, then owed, then claimed, once', async () => {
    const first = await settleNext(1, noPayouts(3), [0, 2]);
    // 1,000 and half of ⌊301 / 3⌋.
    expect(await pay(0)).to.deep.equal({
      job: number(),
      seat: 0,
      claimed: 0n,
      owed: 0n,
      pending: 1050n,
      finalRound: 0,
      unreadable: [],
    });
    expect((await claimPay(owner(0).contracts, sources, number(), dataset(0))).transaction).to.equal(null);

    await world.chain.mineAt(first.readyAt);
    expect(await pay(0)).to.deep.include({ owed: 1050n, pending: 0n, finalRound: 1 });
    expect(await pay(1)).to.deep.include({ owed: 0n, pending: 0n });
    const before = await owner(0).contracts.paymentToken.read.balanceOf(owner(0).address);
    const claim = await claimPay(owner(0).contracts, sources, number(), dataset(0));
    expect(claim.paid).to.equal(1050n);
    expect(claim.transaction).to.match(/^0x[0-9a-f]{64}$/);
    expect(await owner(0).contracts.paymentToken.read.balanceOf(owner(0).address)).to.equal(before + 1050n);
    expect(await pay(0)).to.deep.include({ claimed: 1050n, owed: 0n });
    expect((await claimPay(owner(0).contracts, sources, number(), dataset(0))).paid).to.equal(0n);
  });

  it('is claimed for all final rounds at once, and later rounds stay pending', async () => {
    const first = await settleNext(1, noPayouts(3), [0, 1, 2]);
    const second = await settleNext(2, first.payouts.leaves, [0, 1]);
    await world.chain.mineAt(second.readyAt);
    const third = await settleNext(3, second.payouts.leaves, [1, 2]);
    expect(await pay(1)).to.deep.include({ owed: 2n * 700n + 33n + 50n, pending: 750n, finalRound: 2 });
    const claim = await claimPay(world.stranger.contracts, sources, number(), dataset(1));
    expect(claim.paid).to.equal(1483n);
    await world.chain.mineAt(third.readyAt);
    expect((await claimPay(world.stranger.contracts, sources, number(), dataset(1))).paid).to.equal(750n);

    const facts = await readJobFacts(world.stranger.contracts, number());
    const journal = openJournal(newHome(), operatorKey(0), quick);
    const statuses = roundStatuses(journal, world.deployment, facts, dataset(1));
    expect(statuses.map(({ round, earned, took }) => [round, earned, took])).to.deep.equal([
      [1, 733n, true],
      [2, 750n, true],
      [3, 750n, true],
    ]);
    journal
      .attempt(world.deployment, { job: number(), round: 4, attempt: 1 })
      .keepCost({ bytesUp: 5, started: 10, lastSent: 17 });
    journal
      .attempt(world.deployment, { job: number(), round: 4, attempt: 2 })
      .keepCost({ bytesUp: 6, started: 20, lastSent: 21 });
    const [, , , running] = roundStatuses(journal, world.deployment, facts, dataset(2));
    expect(running).to.deep.equal({
      round: 4,
      attempts: 2,
      state: 'running',
      took: false,
      bytesUp: 11,
      seconds: 8,
      earned: 0n,
    });
  });

  it('is claimed by other leaves where the root on chain is of others: from the home, else from IPFS', async () => {
    const leaves = [3, 0, 1].map((units, seat) => ({ seat, units, bonus: toAmount(0n) }));
    const root = payoutRoot(number(), leaves);
    const lie: Payouts = { kind: 'tributary/payouts', version: 1, root, total: toAmount(0n), leaves };
    const { readyAt } = await settle(world, job, settlement(job, 1, root, [0, 1, 2]));
    await world.chain.mineAt(readyAt);
    expect(await codeOf(pay(0))).to.equal('ipfs/not-found');

    const lineage = openLineage(newHome(), quick);
    const place = { job: number(), round: 1 };
    lineage.keep(world.deployment, place, new Uint8Array(), { ...lie, leaves: leaves.slice(1) });
    expect(await codeOf(pay(0, { ...sources, lineage })), 'not these leaves').to.equal('ipfs/not-found');
    lineage.keep(world.deployment, place, new Uint8Array(), { ...lie, leaves: [] });
    expect(await codeOf(pay(0, { ...sources, lineage })), 'no leaves').to.equal('ipfs/not-found');
    lineage.keep(world.deployment, place, new Uint8Array(), lie);
    // One round was settled, so the escrow pays one, whatever the leaf says.
    expect(await pay(0, { ...sources, lineage })).to.deep.include({ owed: 1000n });
    expect((await claimPay(owner(2).contracts, { ...sources, lineage }, number(), dataset(2))).paid).to.equal(
      50n,
    );
  });

  /** A manifest of round 1 that links these leaves. */
  async function publish(
    store: ReturnType<typeof scratchStore>,
    leaves: Payouts['leaves'],
  ): Promise<Readonly<{ root: Bytes32; digest: Bytes32 }>> {
    const root = payoutRoot(number(), leaves);
    const payouts = await writeBlock(store, {
      kind: 'tributary/payouts',
      version: 1,
      root,
      total: toAmount(0n),
      leaves,
    });
    const link = cidOf('raw', Uint8Array.of(1));
    const manifest: RoundManifest = {
      kind: 'tributary/round',
      version: 3,
      ...{ chainId: 31_337, escrow: world.deployment.escrow, job: number(), round: 1, attempt: 1 },
      ...{
        terms: link,
        previous: null,
        previousTransaction: null,
        modelBefore: link,
        aggregate: link,
        modelAfter: link,
        optimiserBefore: null,
        optimiserAfter: null,
      },
      ...{ roster: link, rosterRoot: root, graph: null, sharers: [], survivors: [], evidence: root, payouts },
    };
    return { root, digest: digestHex(await writeBlock(store, manifest)) };
  }

  it('is claimed by the leaves that the settled manifest links, where nobody else has them', async () => {
    const leaves = [0, 2, 1].map((units, seat) => ({ seat, units, bonus: toAmount(7n) }));
    const store = scratchStore();
    const { root, digest } = await publish(store, leaves);
    const { readyAt } = await settle(world, job, {
      ...settlement(job, 1, root, [0, 1, 2]),
      manifest: digest,
    });
    await world.chain.mineAt(readyAt);
    const published = { store, lineage: null };
    expect(await pay(1, published)).to.deep.include({ owed: 707n });
    expect((await claimPay(owner(1).contracts, published, number(), dataset(1))).paid).to.equal(707n);

    const { readyAt: later } = await settle(world, job, {
      ...settlement(job, 2, digest, [0, 1, 2]),
      manifest: digest,
    });
    await world.chain.mineAt(later);
    const withoutLeaves = { store: scratchStore(), lineage: null };
    expect(await codeOf(pay(1, withoutLeaves)), 'nobody has leaves of either root').to.equal(
      'ipfs/not-found',
    );
    // Round 1 is readable still, and pays what it paid.
    expect(await pay(1, published)).to.deep.include({
      ...{ claimed: 707n, owed: 0n, finalRound: 1, unreadable: [2] },
    });
  });

  it('is refused where the leaves that the manifest links are not those of the root', async () => {
    const store = scratchStore();
    const { digest } = await publish(
      store,
      [0, 2, 1].map((units, seat) => ({ seat, units, bonus: toAmount(7n) })),
    );
    const { readyAt } = await settle(world, job, {
      ...settlement(job, 1, digest, [0, 1, 2]),
      manifest: digest,
    });
    await world.chain.mineAt(readyAt);
    expect(await codeOf(pay(1, { store, lineage: null }))).to.equal('claim/no-leaves');
  });

  it('of true rounds comes from the chain alone, whatever root without leaves came after them', async () => {
    const first = await settleNext(1, noPayouts(3), [0, 1]);
    const second = await settleNext(2, first.payouts.leaves, [0, 1, 2]);
    await world.chain.mineAt(second.readyAt);
    const nowhere = digestOfText('leaves that nobody has');
    const false3 = await settle(world, job, settlement(job, 3, nowhere, [0, 1, 2]));
    // 700 + 50, then 700 + 33; round 3 should add as much again.
    const true2 = { claimed: 0n, owed: 1483n, finalRound: 2, unreadable: [3] };
    expect(await pay(1), 'in its window').to.deep.include({ ...true2, pending: 733n });
    await world.chain.mineAt(false3.readyAt);
    expect(await pay(1), 'final').to.deep.include({ ...true2, pending: 0n });
    const claim = await claimPay(world.stranger.contracts, sources, number(), dataset(1));
    expect(claim.paid).to.equal(1483n);
    expect(await pay(1)).to.deep.include({ claimed: 1483n, owed: 0n, finalRound: 2, unreadable: [3] });
  });

  it('goes by the final round that pays the most, where a later root with known leaves pays less', async () => {
    const first = await settleNext(1, noPayouts(3), [0, 1]);
    const leaves = [2, 0, 2].map((units, seat) => ({ seat, units, bonus: toAmount(0n) }));
    const root = payoutRoot(number(), leaves);
    const lie: Payouts = { kind: 'tributary/payouts', version: 1, root, total: toAmount(0n), leaves };
    const lineage = openLineage(newHome(), quick);
    lineage.keep(world.deployment, { job: number(), round: 2 }, new Uint8Array(), lie);
    const { readyAt } = await settle(world, job, settlement(job, 2, root, [0, 1, 2]));
    expect(readyAt).to.be.above(first.readyAt);
    await world.chain.mineAt(readyAt);
    const known = { ...sources, lineage };
    expect(await pay(1, known)).to.deep.include({ owed: 750n, finalRound: 1, unreadable: [] });
    expect(await pay(2, known)).to.deep.include({ owed: 100n, finalRound: 2 });
  });

  it('is not found for a dataset without a seat', async () => {
    expect(await codeOf(payOf(world.stranger.contracts, sources, number(), 99))).to.equal('claim/no-seat');
  });

  it('comes from jobs that the chain shows: with a seat of the dataset, and activated', async () => {
    const reads = chainReads(world.stranger.contracts, job.listings[1]!.dataset);
    expect(await reads.jobs()).to.deep.equal([number()]);
    expect(await reads.descriptor()).to.equal(digestOfText('descriptor 1'));
    expect((await reads.facts(number())).seats[1]?.price).to.equal(700n);

    const opened = await openJob(world, { ...plan, seats: [{ price: 5n, units: 3 }] });
    const other = chainReads(world.stranger.contracts, opened.listings[0]!.dataset);
    expect(await other.jobs(), 'not activated yet').to.deep.equal([]);
    await world.buyer.contracts.escrow.send.activate(opened.job);
    expect(await other.jobs()).to.deep.equal([Number(opened.job)]);
    expect(await reads.jobs()).to.deep.equal([number()]);
    const unsold = await list(world, 5, 1n);
    expect(await chainReads(world.stranger.contracts, unsold.dataset).jobs()).to.deep.equal([]);
  });
});
