/** A buyer's watch of rounds that are posted falsely, or truly, on a real chain. */
import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { postingsOf } from '#buyer/postings.ts';
import type { Evaluating } from '#buyer/rounds.ts';
import { domainOf } from '#buyer/setting.ts';
import { readEvents } from '#contracts/events.ts';
import { settlementRecord } from '#contracts/settlement-record.ts';
import { fromHex } from '#crypto/bytes.ts';
import { writeBlock } from '#datasets/read-block.ts';
import { challengeSchema } from '#protocol/challenge.ts';
import { cidFromDigest, decodeBlock } from '#protocol/dag.ts';
import { roundSchema } from '#protocol/manifests.ts';
import { seatBitmap } from '#protocol/rules/bitmap.ts';
import { earnedPayouts } from '#protocol/rules/earned.ts';
import { digestHex } from '#model/model-store.ts';
import type { RoundResult } from '#model/round-result.ts';
import { fromAmount } from '#protocol/units.ts';
import { at, ARBITER_FEE, disputeWindows } from '#test/contracts/world.ts';
import { noQuorum } from '#test/contracts/job.ts';
import { digestOfText } from '#test/support/cohort.ts';
import type { Fake } from './fake-coordinator.ts';
import { listen, posting } from './listening.ts';
import { codeOf, startStage, type Stage } from './stage.ts';
import { evaluatingRows, kinds, launched, type Launched } from './watching.ts';

describe('a buyer’s watch over posted rounds', () => {
  let stage: Stage;
  let evaluating: Evaluating;
  let run: Launched;
  before(async () => {
    stage = await startStage();
    evaluating = await evaluatingRows();
  });
  beforeEach(async () => {
    stage = await stage.reset();
    run = await launched(stage, evaluating);
  });
  after(() => stage.stop());

  const contracts = () => stage.setting.contracts;
  const challenges = () => readEvents(contracts(), contracts().disputes, 'Challenged', {});
  const money = () => contracts().paymentToken.read.balanceOf(contracts().account);
  /** Posts the fake's present round with something else than the truth. */
  async function post(fake: Fake, change: object = {}): Promise<void> {
    await fake.api.job(run.job);
    const { result, cohort } = at(fake.rounds, fake.rounds.length - 1);
    await settleOf(result, cohort.id.round, change);
  }
  async function settleOf(
    { digest: manifest, participants, payouts }: RoundResult,
    round: number,
    change = {},
  ) {
    const { root: payoutRoot, total } = payouts;
    const honest = { round, attempt: 1, manifest, payoutRoot, total: fromAmount(total), participants };
    const { escrow } = stage.world.coordinator.contracts;
    await escrow.send.settle(BigInt(run.job), { ...honest, ...change }, noQuorum);
  }
  async function whileWatching(fake: Fake, task: (heard: ReturnType<typeof listen>) => Promise<unknown>) {
    const stop = new AbortController();
    const heard = listen(run.events(fake, stop.signal));
    try {
      await task(heard);
      return heard.all;
    } finally {
      stop.abort(new Error('enough'));
      await heard.done.catch(() => undefined);
    }
  }
  const falsely = async (change: object) => {
    const fake = run.coordinator();
    await post(fake, change);
    const all = await whileWatching(fake, (heard) => heard.until(posting('challenged')));
    return all.flatMap((event) =>
      event.kind === 'posting' && event.posting.kind === 'false' ? [event.posting.flaw.code] : [],
    );
  };

  it('challenges a false root, gets its bond back, and goes on with the true round', async () => {
    const fake = run.coordinator();
    await post(fake, { payoutRoot: digestOfText('another') });
    const before = await money();
    const stop = new AbortController();
    const heard = listen(run.events(fake, stop.signal));
    await heard.until(posting('challenged', 1));
    expect(before - (await money())).to.equal(ARBITER_FEE);
    await stage.world.chain.mineAt((await stage.world.chain.now()) + disputeWindows.defenceWindow + 1);
    await heard.until(posting('concluded', 1));
    expect(await money()).to.equal(before);
    await heard.done;
    expect(heard.all.at(-1)).to.deep.equal({ kind: 'finished', settled: 2, rounds: 2 });
    const said = kinds(heard.all.filter(({ kind }) => kind === 'round' || kind === 'approved'));
    expect(said).to.deep.equal(['round 0', 'approved', 'round 1', 'approved', 'round 2']);
    const [{ args }] = (await challenges()) as [Awaited<ReturnType<typeof challenges>>[number]];
    const block = await stage.store.get(cidFromDigest('dag-cbor', fromHex(args.evidence)));
    expect(challengeSchema.parse(decodeBlock(block))).to.include({
      job: run.job,
      round: 1,
      head: args.head,
      code: 'history/other-payouts',
    });
  });

  /** A stranger challenges the first round, and nobody defends it. */
  async function voidFirst(): Promise<void> {
    const { world } = stage;
    const first = at((await run.state()).facts.settlements, 0);
    const { paymentToken, disputes } = world.stranger.contracts;
    await paymentToken.send.approve(world.deployment.disputes, ARBITER_FEE);
    await disputes.send.challenge(BigInt(run.job), settlementRecord(first), digestOfText('sham'));
    await world.chain.mineAt((await world.chain.now()) + disputeWindows.defenceWindow + 1);
    await disputes.send.conclude(first.head);
  }

  it('takes a round for true that was made of one which was voided and posted again', async () => {
    const fake = run.coordinator();
    await post(fake);
    await fake.api.job(run.job);
    const [first, second] = fake.rounds.map(({ result }) => result) as [RoundResult, RoundResult];
    const { transaction } = at((await run.state()).facts.settlements, 0);
    await voidFirst();
    await settleOf(first, 1);
    await settleOf(second, 2);
    const { settlements } = (await run.state()).facts;
    expect(at(settlements, 0).transaction, 'the first that posted this manifest').to.equal(transaction);
    await whileWatching(fake, (heard) => heard.until(posting('checked', 2)));
    expect(await challenges(), 'the stranger’s').to.have.length(1);
  });

  it('takes back what it reported of a round that was voided', async () => {
    const fake = run.coordinator();
    await post(fake);
    const stop = new AbortController();
    const heard = listen(run.events(fake, stop.signal));
    await heard.until((event) => event.kind === 'round' && event.report.round === 1);
    await voidFirst();
    const told = heard.all.length;
    await heard.done;
    const again = kinds(heard.all.slice(told).filter(({ kind }) => kind === 'round'));
    expect(again, 'round 1 as it stands now, once').to.deep.equal(['round 1', 'round 2']);
  });

  it('challenges a false total and a false bitmap', async () => {
    expect(await falsely({ total: 1n })).to.deep.equal(['history/other-payouts']);
    stage = await stage.reset();
    run = await launched(stage, evaluating);
    expect(await falsely({ participants: seatBitmap([0, 1], 4) })).to.deep.equal(['history/other-payouts']);
  });

  it('challenges a false bitmap whose root and total go with it', async () => {
    const { facts } = await run.state();
    const participants = seatBitmap([0, 1, 3], 4);
    const { root, total } = at(earnedPayouts(facts, [participants]), 0);
    expect(await falsely({ participants, payoutRoot: root, total: fromAmount(total) })).to.deep.equal([
      'payouts/other-participants',
    ]);
  });

  it('challenges a manifest that is none, and one of another sum', async () => {
    const fake = run.coordinator();
    const noManifest = digestHex(await writeBlock(stage.store, { kind: 'nothing' }));
    await post(fake, { manifest: noManifest });
    const all = await whileWatching(fake, (heard) => heard.until(posting('challenged')));
    expect(all.filter(posting('false'))).to.have.nested.property(
      '[0].posting.flaw.code',
      'lineage/bad-block',
    );
  });

  it('challenges a sum that is not that of the inputs', async () => {
    const fake = run.coordinator({ sum: true });
    await fake.settle();
    const all = await whileWatching(fake, (heard) => heard.until(posting('challenged')));
    expect(all.filter(posting('false'))).to.have.nested.property(
      '[0].posting.flaw.code',
      'aggregate/differs',
    );
  });

  it('challenges a manifest that nobody has, once the window is nearly over', async () => {
    const fake = run.coordinator();
    await post(fake, { manifest: digestOfText('nobody has it') });
    const { readyAt } = at(
      await readEvents(contracts(), contracts().escrow, 'RoundSettled', { job: BigInt(run.job) }),
      0,
    ).args;
    await stage.world.chain.mineAt(Number(readyAt) - 251);
    const early = await whileWatching(fake, (heard) => heard.until(({ kind }) => kind === 'waiting'));
    expect(early.filter(({ kind }) => kind === 'posting')).to.deep.equal([]);
    await stage.world.chain.mineAt(Number(readyAt) - 250);
    await whileWatching(fake, (heard) => heard.until(posting('challenged')));
    expect(await challenges()).to.have.length(1);
  });

  it('challenges evidence that does not come, and not before it is late', async () => {
    const fake = run.coordinator({ evidence: true });
    await post(fake);
    const { facts } = await run.state();
    const { readyAt } = at(facts.settlements, 0);
    await stage.world.chain.mineAt(readyAt - 251);
    await whileWatching(fake, (heard) =>
      heard.until((event) => event.kind === 'round' && event.report.round === 1),
    );
    expect(await challenges()).to.deep.equal([]);
    await stage.world.chain.mineAt(readyAt - 250);
    const all = await whileWatching(fake, (heard) => heard.until(posting('challenged')));
    expect(all.filter(posting('false'))).to.have.nested.property('[0].posting.flaw.code', 'evidence/altered');
  });

  it('challenges no true round, approved or not, sold or rotated since', async () => {
    const fake = run.coordinator();
    await post(fake);
    const { world, listings } = stage;
    const [first, second] = world.owners as [(typeof world.owners)[number], (typeof world.owners)[number]];
    const { dataset } = at(listings, 0);
    await first.contracts.registry.send.transferFrom(first.address, second.address, BigInt(dataset));
    await second.contracts.registry.send.setOperator(BigInt(dataset), world.stranger.address);
    await second.contracts.escrow.send.rotateOperator(BigInt(run.job), 0);
    await whileWatching(fake, (heard) => heard.until(posting('checked', 1)));
    expect(await challenges()).to.deep.equal([]);
    const kept = await postingsOf(stage.setting.home, domainOf(stage.setting), run.job).all();
    expect(kept.map(({ round, found }) => [round, found])).to.deep.equal([[1, 'right']]);
  });

  it('says which of its own files it can not read', async () => {
    const fake = run.coordinator();
    await post(fake);
    await whileWatching(fake, (heard) => heard.until(posting('checked', 1)));
    const folder = join(stage.setting.home, 'postings');
    const [job = ''] = await readdir(folder);
    const [file = ''] = await readdir(join(folder, job));
    await writeFile(join(folder, job, file), '{');
    expect(await codeOf(run.watch(fake))).to.equal('storage/unreadable');
    await rm(folder, { recursive: true });
  });

  it('holds a manifest to what stands: one that continues another round is false', async () => {
    const fake = run.coordinator();
    await fake.settle();
    await fake.api.job(run.job);
    const { result } = at(fake.rounds, 1);
    const manifest = roundSchema.parse(decodeBlock(await stage.store.get(result.manifest)));
    const other = await writeBlock(stage.store, { ...manifest, previousTransaction: digestOfText('other') });
    await post(fake, { manifest: digestHex(other) });
    const all = await whileWatching(fake, (heard) => heard.until(posting('challenged', 2)));
    expect(all.filter(posting('false', 2))).to.have.nested.property(
      '[0].posting.flaw.code',
      'lineage/broken-link',
    );
  });
});
