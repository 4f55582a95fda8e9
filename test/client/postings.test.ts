/** An owner's watch over posted rounds, by its operator's own account, on a real chain. */
import { expect } from 'chai';
import { basisOf } from '#client/basis.ts';
import { checkPostedRound } from '#client/check-posted.ts';
import { followJob } from '#client/follow-job.ts';
import { isFlaw } from '#client/steps/membership.ts';
import { watchPostings } from '#client/watch-postings.ts';
import { launch } from '#buyer/launch.ts';
import { readEvents } from '#contracts/events.ts';
import { readJobFacts, type SettlementOnChain } from '#contracts/job-facts.ts';
import type { ChallengeRules } from '#contracts/postings/challenge.ts';
import { TributaryError } from '#crypto/error.ts';
import { loadJob } from '#model/job.ts';
import { bitmapDigest, seatBitmap } from '#protocol/rules/bitmap.ts';
import { fromAmount, toAddress, toAmount, toSeconds } from '#protocol/units.ts';
import { fakeCoordinator, type Fake } from '#test/buyer/fake-coordinator.ts';
import { planOf, startStage, type Stage } from '#test/buyer/stage.ts';
import { noQuorum } from '#test/contracts/job.ts';
import { ARBITER_FEE, at, disputeWindows } from '#test/contracts/world.ts';
import { digestOfText, signed } from '#test/support/cohort.ts';
import { newHome, removeHomes } from './support/home.ts';
import { ownerIn, type Owner } from './support/watching-owner.ts';

describe('an owner’s watch over posted rounds', () => {
  let stage: Stage;
  let job: number;
  let fake: Fake;
  before(async () => {
    stage = await startStage();
  });
  beforeEach(async () => {
    stage = await stage.reset();
    ({ job } = await launch(stage.setting, planOf(stage), { name: 'job', purchase: 'approve' }));
    fake = fakeCoordinator(stage, job, {}, [[3]]);
  });
  afterEach(removeHomes);
  after(() => stage.stop());

  type Wishes = { funds?: bigint; rules?: ChallengeRules };
  const owner = (seat: number, wishes: Wishes = {}, home?: string) =>
    ownerIn(stage, () => fake, seat, wishes, home);
  /** Watches until all of these were said. */
  async function watching(
    one: Owner,
    kinds: string[],
    meanwhile: () => Promise<unknown> = async () => undefined,
  ) {
    const watched = watchPostings(one.setting, job).catch(() => undefined);
    for (const kind of kinds) {
      await one.heard(kind);
      await meanwhile();
    }
    one.stop.abort(new Error('enough'));
    await watched;
    return one.said.flatMap(({ posting, code }) => (posting ? [code ? `${posting} ${code}` : posting] : []));
  }
  async function post(change: object = {}): Promise<void> {
    await fake.api.job(job);
    const { result, cohort } = at(fake.rounds, fake.rounds.length - 1);
    const { root: payoutRoot, total } = result.payouts;
    const { round, attempt } = cohort.id;
    const honest = { round, attempt, manifest: result.digest, payoutRoot, total: fromAmount(total) };
    const { escrow } = stage.world.coordinator.contracts;
    const settlement = { ...honest, participants: result.participants, ...change };
    await escrow.send.settle(BigInt(job), settlement, noQuorum);
  }
  /** As if it had recomputed this settlement before it was posted. */
  function attest({ setting }: Owner, settled: SettlementOnChain): void {
    const { round, attempt, manifest, payoutRoot, total } = settled;
    const message = {
      ...{ job, round, attempt, manifest, payoutRoot },
      total: toAmount(total),
      participants: bitmapDigest(settled.participants),
      deadline: toSeconds(1),
    };
    const record = setting.journal.attempt(setting.domain, { job, round, attempt });
    record.decide('attestation', signed(2, 'Attestation', message, setting.domain));
  }
  const facts = () => readJobFacts(stage.setting.contracts, job);
  const challenges = () =>
    readEvents(stage.setting.contracts, stage.setting.contracts.disputes, 'Challenged', {});
  const moneyOf = ({ setting }: Owner) =>
    stage.setting.contracts.paymentToken.read.balanceOf(setting.operator);
  const pastDefence = async () =>
    stage.world.chain.mineAt((await stage.world.chain.now()) + disputeWindows.defenceWindow + 1);

  it('challenges a false root from the operator’s account, and gets its bond back', async () => {
    await post({ payoutRoot: digestOfText('another') });
    const one = await owner(1);
    const said = await watching(one, ['challenged', 'concluded'], pastDefence);
    expect(said).to.deep.equal(['false history/other-payouts', 'challenged', 'bond-returned', 'concluded']);
    expect(await moneyOf(one)).to.equal(ARBITER_FEE);
    expect((await facts()).settlements).to.deep.equal([]);
  });

  it('checks a true round of which it is a member by its evidence, another as far as it may', async () => {
    await post();
    const [member, other] = [await owner(1), await owner(3)];
    expect(await watching(member, ['checked'])).to.deep.equal(['checked']);
    expect(fake.requests.map(({ message }) => message.requester)).to.deep.equal([member.setting.operator]);
    const elsewhere = toAddress(`0x${'77'.repeat(20)}`);
    const stranger = { ...other, setting: { ...other.setting, operator: elsewhere } };
    expect(await watching(stranger, ['checked'])).to.deep.equal(['checked']);
    expect(other.said.at(-1)?.message).to.include('not for this party');
    expect(fake.requests, 'what it may not read it does not ask for').to.have.length(1);
    expect(await challenges()).to.deep.equal([]);
  });

  it('does not check again after a restart', async () => {
    await post();
    const home = newHome();
    await watching(await owner(1, {}, home), ['checked']);
    const { settlements } = await facts();
    const again = await owner(1, {}, home);
    expect(again.setting.postings.found(again.setting.domain, job, at(settlements, 0).head)).to.include({
      found: 'right',
    });
    await post();
    expect(await watching(again, ['checked'])).to.deep.equal(['checked']);
    expect(again.said.map(({ round }) => round)).to.deep.equal([2]);
    expect(fake.requests.map(({ message }) => message.round)).to.deep.equal([1, 2]);
  });

  it('takes what it attested for right, without asking for evidence', async () => {
    await post();
    const one = await owner(2);
    const settled = at((await facts()).settlements, 0);
    attest(one, settled);
    await post();
    await watching(one, ['checked']);
    expect(one.said.map(({ posting, round: of }) => [posting, of])).to.deep.equal([['checked', 2]]);
    expect(fake.requests.map(({ message }) => message.round)).to.deep.equal([2]);
  });

  it('keeps to what it attested where no node has the manifest any more', async () => {
    await post({ manifest: digestOfText('gone') });
    const now = await facts();
    const settled = at(now.settlements, 0);
    const [attesting, other] = [await owner(2), await owner(1)];
    attest(attesting, settled);
    expect(await checkPostedRound(attesting.setting, now, settled)).to.deep.equal({
      verdict: 'right',
      by: 'agreement',
    });
    expect(await checkPostedRound(other.setting, now, settled)).to.have.nested.property(
      'flaw.code',
      'ipfs/not-found',
    );
  });

  it('challenges a sum that is not that of the inputs, though it attested nothing', async () => {
    fake = fakeCoordinator(stage, job, { sum: true });
    await fake.settle();
    expect(await watching(await owner(0), ['challenged'])).to.deep.equal([
      'false aggregate/differs',
      'challenged',
    ]);
  });

  it('challenges a false bitmap though the evidence is not for it', async () => {
    const one = await owner(1);
    const elsewhere = { ...one.setting, operator: toAddress(`0x${'77'.repeat(20)}`) };
    await post({ participants: seatBitmap([0, 1], 4) });
    expect(await watching({ ...one, setting: elsewhere }, ['challenged'])).to.deep.equal([
      'false history/other-payouts',
      'challenged',
    ]);
  });

  it('waits for its IPFS node, and does not blame the round for it', async () => {
    await post();
    const one = await owner(1);
    let calls = 0;
    const store = {
      ...stage.store,
      get: async (cid: never) => {
        calls += 1;
        if (calls < 4) throw new TributaryError('ipfs/unreachable', 'away');
        return stage.store.get(cid);
      },
    };
    expect(await watching({ ...one, setting: { ...one.setting, store } }, ['checked'])).to.deep.equal([
      'checked',
    ]);
    expect(calls).to.be.greaterThan(4);
  });

  it('is one of several that notice, and one of them bonds', async () => {
    await post({ total: 1n });
    // One after the other: one account funds them all, and its transactions have an order.
    const all = [];
    for (const seat of [0, 1, 2]) all.push(await owner(seat));
    await Promise.all(all.map((one) => watching(one, ['challenged'])));
    expect(await challenges()).to.have.length(1);
    const owns = all.flatMap(({ said }) =>
      said.flatMap(({ posting, own }) => (posting === 'challenged' ? [own] : [])),
    );
    expect(owns.sort()).to.deep.equal([false, false, true]);
    const left = await Promise.all(all.map(moneyOf));
    expect(left.filter((amount) => amount === 0n)).to.have.length(1);
  });

  it('says what to do without funds, over its limit, and where it is told to challenge nothing', async () => {
    await post({ total: 1n });
    const poor = await watching(await owner(0, { funds: 0n }), ['not-challenged']);
    expect(poor.at(-1)).to.equal('not-challenged challenge/no-funds');
    const capped = await owner(1, { rules: { automatic: true, maximumBond: 1n } });
    expect((await watching(capped, ['not-challenged'])).at(-1)).to.equal(
      'not-challenged challenge/bond-too-high',
    );
    const off = await owner(2, { rules: { automatic: false, maximumBond: null } });
    expect((await watching(off, ['not-challenged'])).at(-1)).to.equal('not-challenged challenge/off');
    expect(await challenges()).to.deep.equal([]);
  });

  it('begins no round on a false one, and goes on from what is posted in its place', async () => {
    await post({ payoutRoot: digestOfText('another') });
    const { readyAt } = at((await facts()).settlements, 0);
    const one = await owner(1);
    const { setting } = one;
    const { store, domain, journal } = setting;
    const late = { ...setting, now: () => readyAt - 1 };
    const falseFacts = await facts();
    const terms = await loadJob(store, domain, falseFacts);
    const broken = await basisOf(store, terms, falseFacts, journal).catch((error: unknown) => error);
    expect(broken).to.have.property('code', 'lineage/broken-link');
    await watching({ ...one, setting: late }, ['challenged', 'concluded'], pastDefence);
    await post();
    const after = await basisOf(store, terms, await facts(), journal);
    expect(isFlaw(after) ? after : after.round).to.equal(2);
  });

  it('stays with a job whose last round is in doubt, and leaves it once all is right', async () => {
    await post();
    await post({ total: 1n });
    const one = await owner(1);
    const now = await stage.world.chain.now();
    const setting = { ...one.setting, now: () => now };
    const beside = watchPostings(setting, job).catch(() => undefined);
    let left = false;
    const followed = followJob(setting, job).then(
      () => (left = true),
      () => undefined,
    );
    await one.heard('challenged');
    expect(left).to.equal(false);
    await pastDefence();
    await one.heard('concluded');
    expect((await facts()).settlements).to.have.length(1);
    await post();
    await Promise.all([followed, beside]);
    expect(left).to.equal(true);
    expect((await facts()).settlements).to.have.length(2);
  });
});
