/** `tributary dispute` as people run it, from the challenge to the bond that comes home. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { CID } from 'multiformats/cid';
import { keyFile } from '#cli/dispute/key.ts';
import { readBlock } from '#datasets/read-block.ts';
import { connectIpfs } from '#datasets/ipfs.ts';
import { writeCar } from '#datasets/car.ts';
import { scratchStore } from '#datasets/scratch-store.ts';
import { challengeSchema } from '#protocol/challenge.ts';
import { encodeBlock } from '#protocol/dag.ts';
import { ARBITER_FEE } from '#test/contracts/world.ts';
import { digestOfText } from '#test/support/cohort.ts';
import { codeOf } from '../coordinator/code-of.ts';
import { balanceOf, fund, openCase, startCourt, type Case, type Court, type Who } from './stage.ts';

describe('the dispute commands', function () {
  this.timeout(300_000);
  let court: Court;
  let of: Case;
  before(async () => {
    court = await startCourt();
  });
  beforeEach(() => court.reset());
  after(() => court.stop());

  const run = (who: Who, step: string, ...args: string[]) =>
    court.as(who, 'dispute', step, '--job', of.name, '--round', '1', ...args);
  const shownTo = async (who: Who, ...args: string[]) =>
    (await court.as(who, 'dispute', 'show', ...args))['disputes'] as {
      status: string;
      filed: { evidence: string }[];
    }[];
  const bond = () => court.stage.world.buyer.contracts.disputes.read.bondOf(BigInt(of.job));

  it('take a false round to its end: challenged, defended, judged void, the bond home with what it won', async () => {
    of = await openCase(court, { payoutRoot: digestOfText('other payouts') });
    const { buyer, coordinator } = court.stage.world;
    await of.post();
    const before = await balanceOf(buyer);

    const dry = await run('buyer', 'challenge', '--dry-run');
    expect(dry.code).to.equal(undefined);
    expect(dry).to.include({ event: 'dry-run', job: of.name, round: 1, bond: String(await bond()) });
    expect(dry['why']).to.contain('payouts/other-root');
    const [approval, challenge] = dry['transactions'] as { description: string; gas: string | null }[];
    expect(approval?.description).to.match(/^PaymentToken\.approve\(/);
    expect(Number(approval?.gas)).to.be.greaterThan(20_000);
    expect(challenge).to.include({ gas: null });
    expect(challenge?.description).to.match(/^Disputes\.challenge\(job: "1"/);
    expect(await court.as('buyer', 'dispute', 'show')).to.deep.equal({ event: 'disputes', disputes: [] });

    const opened = await court.spawn('buyer', 'dispute', 'challenge', '--job', of.name, '--round', '1');
    expect(opened.json, opened.stderr).to.include({ event: 'challenged', round: 1 });
    expect(await balanceOf(buyer)).to.equal(before - (await bond()));
    const [dispute] = await shownTo('stranger', '--job', of.name);
    expect(dispute).to.include({ status: 'open', challenger: buyer.address });
    const [filed] = dispute?.filed ?? [];
    const stated = await readBlock(
      connectIpfs(court.ipfs().url),
      CID.parse(filed?.evidence ?? ''),
      challengeSchema,
      'the challenge',
    );
    expect(stated).to.include({ job: of.job, round: 1, code: 'payouts/other-root' });
    expect((await run('buyer', 'challenge')).code).to.equal('escrow/already-disputed');

    expect((await run('coordinator', 'defend')).code).to.equal('dispute/is-false');
    expect((await run('coordinator', 'defend', '--force')).code).to.equal('dispute/no-bond');
    await fund(coordinator);
    expect(await run('coordinator', 'defend', '--force')).to.include({ event: 'defended' });
    expect((await run('coordinator', 'defend', '--force')).code).to.equal('escrow/wrong-status');
    expect((await run('buyer', 'conclude')).code).to.equal('escrow/not-concludable-before');

    const more = encodeBlock({ kind: 'tributary/test', detail: 'look at seat 2' }).cid.toString();
    expect((await run('buyer', 'file', '--evidence', 'no such thing')).code).to.equal('dispute/bad-evidence');
    expect(await run('buyer', 'file', '--evidence', more)).to.include({ event: 'filed' });
    expect((await run('stranger', 'file', '--evidence', more)).code).to.equal('escrow/not-party');

    const judged = await court.as('arbiter', 'arbiter', 'judge', '--job', of.name, '--round', '1');
    expect(judged).to.include({ event: 'judged', stands: false });
    expect((await of.dispute()).status).to.equal('voided');
    expect(await of.settlements()).to.deep.equal([]);

    const home = await court.spawn('buyer', 'dispute', 'withdraw');
    expect(home.json, home.stderr).to.include({
      event: 'withdrawn',
      amount: String(2n * (await bond()) - ARBITER_FEE),
    });
    expect(await balanceOf(buyer)).to.equal(before + (await bond()) - ARBITER_FEE);
    expect((await court.as('buyer', 'dispute', 'withdraw')).code).to.equal('escrow/no-bond-to-withdraw');
    expect((await run('buyer', 'challenge')).code).to.equal('dispute/no-such-round');
  });

  it('do not challenge a true round, nor one that can not be recomputed, unless they are forced', async () => {
    of = await openCase(court);
    await of.post();
    expect((await run('buyer', 'challenge')).code).to.equal('dispute/not-false');
    court.server.give(null);
    expect((await run('buyer', 'challenge')).code).to.equal('dispute/not-recomputed');
    const forced = await run('buyer', 'challenge', '--force');
    expect(forced).to.include({ event: 'challenged' });
    const node = connectIpfs(court.ipfs().url);
    const [filed] = (await shownTo('buyer'))[0]?.filed ?? [];
    const stated = await readBlock(node, CID.parse(filed?.evidence ?? ''), challengeSchema, 'the challenge');
    expect(stated.code).to.equal('dispute/unproven');
  });

  it('conclude what nobody defended in time, and refuse what is too late', async () => {
    of = await openCase(court);
    const { readyAt } = await of.post();
    const { chain } = court.stage.world;
    await of.challenge();
    const { deadline } = await of.dispute();
    await chain.mineAt(deadline + 1);
    await fund(court.stage.world.coordinator);
    expect((await run('coordinator', 'defend')).code).to.equal('escrow/deadline-over');
    const concluded = await run('buyer', 'conclude');
    expect(concluded).to.include({ event: 'concluded', outcome: 'voided' });
    expect((await run('buyer', 'conclude')).code).to.equal('escrow/no-such-dispute');

    await court.reset();
    of = await openCase(court);
    const posted = await of.post();
    expect(posted.readyAt).to.be.greaterThan(readyAt - 1_000);
    await chain.mineAt(posted.readyAt);
    expect((await run('buyer', 'challenge', '--force')).code).to.equal('escrow/window-over');
    expect((await run('coordinator', 'defend')).code).to.equal('escrow/no-such-dispute');
  });

  it('prepare transactions for a key on another machine', async () => {
    of = await openCase(court);
    await of.post();
    const file = join(court.home('buyer'), `challenge-${of.name.length}.json`);
    const { buyer } = court.stage.world;
    const unsigned = ['--force', '--unsigned', file, '--from', buyer.address];
    const first = await run('stranger', 'challenge', ...unsigned);
    expect(first).to.include({ event: 'prepared', file });
    expect(first['transactions']).to.have.lengthOf(1);
    for (const [step, more] of [
      ['sign', ['--keystore', join(court.home('buyer'), 'buyer.json'), '--yes']],
      ['send', []],
    ] as const) {
      expect((await court.as('buyer', 'keys', step, file, ...more)).code, step).to.equal(undefined);
    }
    const second = await run('stranger', 'challenge', ...unsigned);
    expect(second['transactions']).to.have.lengthOf(2);
  });

  it('file a CAR, whose blocks others then find', async () => {
    of = await openCase(court);
    await of.post();
    await of.challenge();
    const store = scratchStore();
    const { cid, bytes } = encodeBlock({ kind: 'tributary/test', detail: 'what I saw' });
    await store.put('dag-cbor', bytes);
    const car = join(court.home('stranger'), 'evidence.car');
    await writeCar(car, store, cid);
    const filed = await run('stranger', 'file', '--evidence', car);
    expect(filed).to.include({ event: 'filed' });
    expect(await connectIpfs(court.ipfs().url).get(cid)).to.deep.equal(bytes);
  });

  it('act with the key that is named, or the only actor’s of the home', async () => {
    const home = join(court.home('buyer'), 'other');
    mkdirSync(home);
    const settings = { home } as Parameters<typeof keyFile>[0];
    expect(await codeOf(Promise.resolve().then(() => keyFile(settings)))).to.equal('dispute/which-key');
    writeFileSync(join(home, 'operator.json'), '{}');
    expect(keyFile(settings)).to.equal(join(home, 'operator.json'));
    writeFileSync(join(home, 'owner.json'), '{}');
    expect(keyFile(settings)).to.equal(join(home, 'owner.json'));
    writeFileSync(join(home, 'buyer.json'), '{}');
    expect(await codeOf(Promise.resolve().then(() => keyFile(settings)))).to.equal('dispute/which-key');
    expect(keyFile(settings, join(home, 'buyer.json'))).to.equal(join(home, 'buyer.json'));
  });
});
