/** The watch over posted rounds on a real chain: what it challenges, once, with what, and what it does when it can't. */
import { expect } from 'chai';
import { Status } from '#contracts/bindings/disputes.ts';
import { readEvents } from '#contracts/events.ts';
import { isAlarm, postingText, type PostingEvent } from '#contracts/postings/events.ts';
import { fromHex } from '#crypto/bytes.ts';
import { TributaryError } from '#crypto/error.ts';
import { challengeSchema } from '#protocol/challenge.ts';
import { cidFromDigest, cidOf, decodeBlock } from '#protocol/dag.ts';
import { flaw } from '#protocol/flaw.ts';
import { seatBitmap } from '#protocol/rules/bitmap.ts';
import { digestOfText } from '#test/support/cohort.ts';
import type { Settled } from './job.ts';
import { look, memory, postingsIn, words, type Postings } from './posted.ts';
import { ARBITER_FEE, at, disputeWindows, FUNDS, startWorld, type Actor, type World } from './world.ts';

describe('the watch over posted rounds', () => {
  let world: World;
  let on: Postings;
  before(async () => {
    world = await startWorld();
  });
  beforeEach(async () => {
    await world.reset();
    on = await postingsIn(world);
  });
  after(() => world.stop());

  const statusOf = async ({ head }: Settled) =>
    (await world.buyer.contracts.disputes.read.disputeOf(head)).status;
  const balanceOf = ({ address, contracts }: Actor) => contracts.paymentToken.read.balanceOf(address);

  it('checks each true round once and challenges none', async () => {
    let asked = 0;
    const check = async () => {
      asked += 1;
      return { verdict: 'right', by: 'evidence' } as const;
    };
    const records = memory();
    const pass = on.watchOf(world.buyer, { check, records });
    expect(await look(pass)).to.deep.equal({ events: [], atRest: true });
    await on.post();
    await on.post();
    const first = await look(pass);
    expect(words(first)).to.deep.equal(['checked', 'checked']);
    expect(first.atRest).to.equal(true);
    expect(words(await look(pass))).to.deep.equal([]);
    expect(words(await look(on.watchOf(world.buyer, { check, records }))), 'after a restart').to.deep.equal(
      [],
    );
    expect(asked).to.equal(2);
    expect(await on.challenges()).to.deep.equal([]);
  });

  for (const [name, change] of [
    ['payout root', { payoutRoot: digestOfText('another') }],
    ['total', { total: 44n }],
    ['bitmap', { participants: seatBitmap([0, 1, 2], 3) }],
  ] as const) {
    it(`challenges a false ${name} by the chain alone, with exactly the bond and a block that says why`, async () => {
      const posted = await on.post(change);
      const before = await balanceOf(world.stranger);
      const check = () => Promise.reject(new TributaryError('ipfs/unreachable', 'away'));
      const pass = on.watchOf(world.stranger, { check });
      const found = await look(pass);
      expect(words(found)).to.deep.equal(['false history/other-payouts', 'challenged']);
      expect(found.atRest).to.equal(false);
      const [{ args }] = (await on.challenges()) as [Awaited<ReturnType<typeof on.challenges>>[number]];
      expect(args).to.include({
        head: posted.head,
        round: 1,
        challenger: world.stranger.address,
        bond: ARBITER_FEE,
      });
      expect(before - (await balanceOf(world.stranger))).to.equal(ARBITER_FEE);
      const { paymentToken, disputes } = world.stranger.contracts;
      expect(await paymentToken.read.allowance(world.stranger.address, disputes.address)).to.equal(0n);
      const block = at(on.blocks, on.blocks.length - 1);
      expect(cidOf('dag-cbor', block).equals(cidFromDigest('dag-cbor', fromHex(args.evidence)))).to.equal(
        true,
      );
      expect(challengeSchema.parse(decodeBlock(block))).to.deep.include({
        chainId: 31_337,
        escrow: world.deployment.escrow,
        job: Number(on.job.job),
        round: 1,
        attempt: 1,
        head: posted.head,
        code: 'history/other-payouts',
      });
      expect(words(await look(pass)), 'once').to.deep.equal([]);
    });
  }

  it('concludes what nobody defends, takes the bond home, and checks what is posted in its place', async () => {
    const posted = await on.post({ payoutRoot: digestOfText('another') });
    await on.post();
    const before = await balanceOf(world.stranger);
    const pass = on.watchOf(world.stranger);
    expect(words(await look(pass)), 'the round behind it waits').to.deep.equal([
      'false history/other-payouts',
      'challenged',
    ]);
    const challenged = await world.chain.now();
    await world.chain.mineAt(challenged + disputeWindows.defenceWindow);
    expect(words(await look(pass)), 'the coordinator may still answer').to.deep.equal([]);
    await world.chain.mineAt(challenged + disputeWindows.defenceWindow + 1);
    const over = await look(pass);
    expect(over.events).to.deep.equal([
      { kind: 'bond-returned', amount: ARBITER_FEE },
      { kind: 'concluded', round: 1, head: posted.head, outcome: 'void' },
    ]);
    expect(await balanceOf(world.stranger)).to.equal(before);
    expect(await look(pass)).to.deep.equal({ events: [], atRest: true });
    await on.post();
    expect(words(await look(pass))).to.deep.equal(['checked']);
    expect(await on.challenges()).to.have.length(1);
  });

  it('takes the bonds of a round that fell with an earlier one, and what it won', async () => {
    const lies = [await on.post({ total: 1n }), await on.post({ total: 2n })];
    const early = on.watchOf(world.buyer);
    expect(words(await look(early))).to.deep.equal(['false history/other-payouts', 'challenged']);
    await world.chain.mineAt(at(lies, 1).readyAt - 249);
    const late = on.watchOf(world.stranger);
    expect(words(await look(late)), 'the one behind, when its window is nearly over').to.deep.equal([
      'false history/other-payouts',
      'challenged',
      'false history/other-payouts',
      'challenged',
    ]);
    expect(words(await look(early))).to.deep.equal([
      'false history/other-payouts',
      'challenged',
      'bond-returned',
      'concluded',
    ]);
    expect((await look(late)).events.at(-1)).to.include({ kind: 'concluded', round: 2, outcome: 'moot' });
    expect(await balanceOf(world.stranger)).to.equal(FUNDS);
  });

  it('says that another was faster, and pays nothing', async () => {
    await on.post({ total: 1n });
    const [first, second] = await Promise.all([
      look(on.watchOf(world.buyer)),
      look(on.watchOf(world.stranger)),
    ]);
    const owns = [...first.events, ...second.events].flatMap((event) =>
      event.kind === 'challenged' ? [event.own] : [],
    );
    // The slower of two at the same instant is told by the contract, and looks again.
    const again = [await look(on.watchOf(world.buyer)), await look(on.watchOf(world.stranger))];
    expect(owns.filter(Boolean)).to.have.length(1);
    expect(again.map((pass) => words(pass).at(-1))).to.deep.equal(['challenged', 'challenged']);
    expect(await on.challenges()).to.have.length(1);
  });

  it('goes on where it was killed: between approval and challenge, and before it could write it down', async () => {
    await on.post({ total: 1n });
    const { paymentToken, disputes } = world.stranger.contracts;
    await paymentToken.send.approve(disputes.address, ARBITER_FEE);
    const approvals = async () =>
      (
        await readEvents(world.stranger.contracts, paymentToken, 'Approval', {
          owner: world.stranger.address,
          spender: disputes.address,
        })
      ).length;
    expect(words(await look(on.watchOf(world.stranger)))).to.deep.equal([
      'false history/other-payouts',
      'challenged',
    ]);
    expect(await approvals()).to.equal(1);
    const again = on.watchOf(world.stranger);
    expect((await look(again)).events.at(-1)).to.deep.include({ kind: 'challenged', own: true });
    expect(await on.challenges()).to.have.length(1);
    await world.chain.mineAt((await world.chain.now()) + disputeWindows.defenceWindow + 1);
    expect(words(await look(again))).to.deep.equal(['bond-returned', 'concluded']);
  });

  it('says what to do where it has not the bond, and challenges as soon as it has', async () => {
    const posted = await on.post({ total: 1n });
    const owner = at(world.owners, 0);
    const pass = on.watchOf(owner);
    const poor = await look(pass);
    expect(words(poor)).to.deep.equal(['false history/other-payouts', 'not-challenged challenge/no-funds']);
    expect(at(poor.events, 1))
      .to.have.nested.property('flaw.detail')
      .that.includes(
        `tributary dispute challenge --job 31337:${world.deployment.escrow}/${Number(on.job.job)} --round 1`,
      );
    expect(words(await look(pass)), 'said once').to.deep.equal([]);
    await owner.contracts.paymentToken.send.mint(owner.address, ARBITER_FEE);
    expect(words(await look(pass))).to.deep.equal(['challenged']);
    expect(await statusOf(posted)).to.equal(Status.Open);
  });

  it('needs gas too', async () => {
    await on.post({ total: 1n });
    await world.chain.provider.send('anvil_setBalance', [world.stranger.address, '0x0']);
    expect(words(await look(on.watchOf(world.stranger)))).to.deep.equal([
      'false history/other-payouts',
      'not-challenged challenge/no-funds',
    ]);
  });

  it('waits for its IPFS node to publish why, but not until it is too late', async () => {
    const { readyAt } = await on.post({ total: 1n });
    const publish = () => Promise.reject(new TributaryError('ipfs/unreachable', 'away'));
    const pass = on.watchOf(world.stranger, { publish });
    expect(words(await look(pass)).at(-1)).to.equal('not-challenged ipfs/unreachable');
    await world.chain.mineAt(readyAt - 250);
    expect(words(await look(pass))).to.deep.equal(['challenged']);
  });

  it('keeps to its limit and to being switched off', async () => {
    await on.post({ total: 1n });
    const capped = { automatic: true, maximumBond: ARBITER_FEE - 1n };
    expect(words(await look(on.watchOf(world.stranger, { rules: capped }))).at(-1)).to.equal(
      'not-challenged challenge/bond-too-high',
    );
    const off = { automatic: false, maximumBond: null };
    expect(words(await look(on.watchOf(world.stranger, { rules: off }))).at(-1)).to.equal(
      'not-challenged challenge/off',
    );
    expect(await on.challenges()).to.deep.equal([]);
    const enough = { automatic: true, maximumBond: ARBITER_FEE };
    expect(words(await look(on.watchOf(world.stranger, { rules: enough }))).at(-1)).to.equal('challenged');
  });

  it('says that the window was over where its challenge came too late', async () => {
    const { readyAt } = await on.post({ total: 1n });
    await world.chain.mineAt(readyAt - 1);
    const late = await look(on.watchOf(world.stranger));
    expect(words(late)).to.deep.equal(['false history/other-payouts', 'not-challenged challenge/too-late']);
    await world.chain.mineAt(readyAt + 5);
    expect(await look(on.watchOf(world.buyer)), 'a final round is not looked at').to.deep.equal({
      events: [],
      atRest: true,
    });
  });

  it('says of each thing what a person has to know', () => {
    const of = { round: 2, head: digestOfText('head') };
    const alarm = flaw('a/b', 'why');
    const events: PostingEvent[] = [
      { kind: 'checked', ...of, partly: false },
      { kind: 'checked', ...of, partly: true },
      { kind: 'false', ...of, flaw: alarm },
      { kind: 'challenged', ...of, own: true, challenger: world.buyer.address },
      { kind: 'challenged', ...of, own: false, challenger: world.buyer.address },
      { kind: 'not-challenged', ...of, flaw: alarm },
      { kind: 'concluded', ...of, outcome: 'void' },
      { kind: 'bond-returned', amount: 7n },
    ];
    expect(events.map(postingText)).to.deep.equal([
      'round 2: posted as its evidence says',
      'round 2: posted as chain and lineage say; its evidence is not for this party',
      'round 2 is posted FALSELY: why (a/b)',
      'round 2: challenged',
      `round 2: challenged by ${world.buyer.address} already`,
      'round 2 is NOT CHALLENGED: why (a/b)',
      'round 2: the dispute is over, the round is void',
      '7 base units came back from disputes',
    ]);
    expect(events.map(isAlarm)).to.deep.equal([false, false, true, false, false, true, false, false]);
  });
});
