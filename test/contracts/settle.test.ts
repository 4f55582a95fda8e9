import { expect } from 'chai';
import { settlementHead } from '#contracts/settlement-record.ts';
import type { Hex } from '#protocol/units.ts';
import { digestOfText } from '#test/support/cohort.ts';
import { activeJob, noHead, noQuorum, openJob, settle, settlement, type TestJob } from './job.ts';
import { at, refusal, startWorld, type World } from './world.ts';

describe('settlement', () => {
  let world: World;
  let job: TestJob;
  before(async () => void (world = await startWorld()));
  beforeEach(async () => {
    await world.reset();
    const seats = [
      { price: 10n, units: 3 },
      { price: 20n, units: 3 },
      { price: 30n, units: 3 },
    ];
    job = await activeJob(world, { rounds: 3, seats });
  });
  after(() => world.stop());

  const escrow = () => world.coordinator.contracts.escrow;
  const root = digestOfText('root');

  it('stores one chained head a round and tells everything else in its event', async () => {
    const given = settlement(job, 1, root, [0, 2]);
    const time = (await world.chain.now()) + 7;
    await world.chain.nextBlockAt(time);
    const first = await settle(world, job, given);
    const event = at(escrow().events('RoundSettled', first.mined.logs), 0).args;
    const { participants, ...fields } = given;
    expect(event).to.deep.equal({
      ...fields,
      job: job.job,
      head: first.head,
      participants,
      readyAt: BigInt(time + 1_000),
      signers: '0x',
    });
    expect(participants).to.equal('0x05');
    expect(first.record.previousHead).to.equal(noHead);
    expect(first.head).to.equal(settlementHead(job.job, first.record));
    expect(await escrow().read.headOf(job.job, 1)).to.equal(first.head);

    const second = await settle(world, job, { ...settlement(job, 2, root, [1]), attempt: 4, total: 99n });
    expect(second.record.previousHead).to.equal(first.head);
    expect(second.head).to.equal(settlementHead(job.job, second.record));
    expect(await escrow().read.headOf(job.job, 2)).to.equal(second.head);
    expect(await escrow().read.jobOf(job.job)).to.include({ posted: 2, readyAt: second.record.readyAt });
  });

  it('is the coordinator’s alone', async () => {
    const given = settlement(job, 1, root, [0]);
    for (const actor of [world.buyer, world.stranger]) {
      expect(await refusal(actor.contracts.escrow.send.settle(job.job, given, noQuorum))).to.match(
        /^escrow\/not-coordinator/,
      );
    }
    expect(await refusal(escrow().send.settle(99n, given, noQuorum))).to.match(/^escrow\/no-such-job/);
  });

  it('takes rounds strictly in order, each once', async () => {
    const round = (number: number) => settle(world, job, settlement(job, number, root, [0]));
    expect(await refusal(escrow().send.settle(job.job, settlement(job, 0, root, [0]), noQuorum))).to.match(
      /^escrow\/round-out-of-order .*round 0, expected 1/,
    );
    expect(await refusal(round(2))).to.match(/^escrow\/round-out-of-order .*round 2, expected 1/);
    const { head } = await round(1);
    expect(await refusal(round(1))).to.match(new RegExp(`^escrow/already-settled .*round 1, head ${head}`));
    expect(await refusal(round(3))).to.match(/^escrow\/round-out-of-order/);
    await round(2);
    await round(3);
    expect(await refusal(round(4))).to.match(/^escrow\/round-beyond-job .*round 4, rounds 3/);
    expect(await refusal(round(3))).to.match(/^escrow\/already-settled/);
  });

  it('says "already settled" even when the job is over, as a second sending must find it', async () => {
    const { readyAt } = await settle(world, job, settlement(job, 1, root, [0]));
    await world.chain.mineAt(Math.max(readyAt, job.cutoff + 1_000));
    await world.buyer.contracts.escrow.send.close(job.job);
    expect(await refusal(settle(world, job, settlement(job, 1, root, [0])))).to.match(
      /^escrow\/already-settled/,
    );
  });

  it('waits for activation and ends with the cutoff, to the second', async () => {
    const open = await openJob(world, { rounds: 3, seats: [{ price: 1n, units: 1 }] });
    expect(await refusal(settle(world, open, settlement(open, 1, root, [0])))).to.match(
      /^escrow\/wrong-state .*state 1/,
    );
    await world.chain.nextBlockAt(job.cutoff - 1);
    await settle(world, job, settlement(job, 1, root, [0]));
    await world.chain.nextBlockAt(job.cutoff);
    expect(await refusal(settle(world, job, settlement(job, 2, root, [0])))).to.match(/^escrow\/past-cutoff/);
  });

  it('refuses a zero manifest and a bitmap that is not one of this job', async () => {
    const given = settlement(job, 1, root, [0]);
    const bitmap = (participants: Hex) => refusal(settle(world, job, { ...given, participants }));
    expect(await refusal(settle(world, job, { ...given, manifest: noHead }))).to.match(
      /^escrow\/zero-manifest/,
    );
    expect(await bitmap('0x')).to.match(/^escrow\/bitmap-length .*length 0, expected 1/);
    expect(await bitmap('0x0100')).to.match(/^escrow\/bitmap-length .*length 2, expected 1/);
    expect(await bitmap('0x09')).to.match(/^escrow\/bitmap-beyond-seats .*seats 3/);
    expect(await bitmap('0x00')).to.match(/^escrow\/no-participants/);
    await settle(world, job, { ...given, participants: '0x04' });
    const smallest = await activeJob(world, { rounds: 1, seats: [{ price: 1n, units: 1 }] });
    const two = { ...settlement(smallest, 1, root, [0]), participants: '0x0100' as Hex };
    expect(await refusal(settle(world, smallest, two))).to.match(
      /^escrow\/bitmap-length .*length 2, expected 1/,
    );
  });

  it('is never final before an earlier round', async () => {
    const first = await settle(world, job, settlement(job, 1, root, [0]));
    expect(first.readyAt).to.equal((await world.chain.now()) + 1_000);
    const second = await settle(world, job, settlement(job, 2, root, [0]));
    expect(second.readyAt).to.equal(first.readyAt + 1);
  });

  it('tells whether a record is final', async () => {
    const { record, readyAt } = await settle(world, job, settlement(job, 1, root, [0]));
    await world.chain.mineAt(readyAt - 1);
    expect(await escrow().read.isFinal(job.job, record)).to.equal(false);
    await world.chain.mineAt(readyAt);
    expect(await escrow().read.isFinal(job.job, record)).to.equal(true);
    expect(await escrow().read.isFinal(job.job, { ...record, total: 1n })).to.equal(false);
    expect(await escrow().read.isFinal(job.job + 1n, record)).to.equal(false);
    expect(await escrow().read.isFinal(job.job, { ...record, round: 2 })).to.equal(false);
  });

  for (const seats of [8, 9]) {
    it(`has bitmaps of whole bytes: ${seats} seats`, async () => {
      const plan = Array.from({ length: seats }, () => ({ price: 0n, units: 1 }));
      const wide = await activeJob(world, { rounds: 1, seats: plan });
      const given = settlement(wide, 1, root, [seats - 1]);
      expect(given.participants).to.equal(seats === 8 ? '0x80' : '0x0001');
      const longer: Hex = `${given.participants}00`;
      expect(await refusal(settle(world, wide, { ...given, participants: longer }))).to.match(
        /bitmap-length/,
      );
      if (seats === 9) {
        expect(await refusal(settle(world, wide, { ...given, participants: '0x0002' }))).to.match(
          /beyond-seats/,
        );
      }
      await settle(world, wide, given);
    });
  }
});
