import { expect } from 'chai';
import { digestOfText } from '#test/support/cohort.ts';
import { disputesOf } from '../dispute.ts';
import { activeJob, settle, settlement, type Settled, type TestJob } from '../job.ts';
import { at, startWorld, type World } from '../world.ts';

describe('scenario: disputes over a word of the bitmap: rounds 255, 256, 257 and beyond 512', () => {
  let world: World;
  before(async () => void (world = await startWorld(undefined, { bonds: true })));
  after(() => world.stop());

  let job: TestJob;
  let rounds: Settled[];
  let posted: string;

  before(async function () {
    this.timeout(120_000);
    job = await activeJob(world, { rounds: 520, longWindow: 100_000, seats: [{ price: 1n, units: 1 }] });
    rounds = [];
    for (let round = 1; round <= 520; round += 1) {
      rounds.push(await settle(world, job, settlement(job, round, digestOfText('root'), [0])));
    }
    posted = await world.chain.snapshot();
  });
  beforeEach(async () => {
    await world.chain.revert(posted);
    posted = await world.chain.snapshot();
  });

  const round = (number: number) => at(rounds, number - 1);

  async function challenged(numbers: readonly number[]) {
    const disputes = disputesOf(world, job);
    for (const number of numbers) {
      await disputes.challenge(round(number));
      await disputes.defend(round(number).head);
    }
    return disputes;
  }

  it('each that stands hands on to the next one disputed', async () => {
    const disputes = await challenged([515, 257, 255, 256]);
    const order = [255, 256, 257, 515];
    for (const [place, number] of order.entries()) {
      expect(await disputes.frozenFrom()).to.equal(number);
      await disputes.judge(round(number).head, true);
      expect(await disputes.frozenFrom()).to.equal(order[place + 1] ?? 0);
    }
  });

  it('a void round takes the later ones of all words with it, and leaves the earlier ones', async () => {
    const disputes = await challenged([3, 255, 256, 257, 515]);
    await disputes.judge(round(256).head, false);
    expect(await disputes.posted()).to.equal(255);
    expect(await disputes.frozenFrom()).to.equal(3);
    await disputes.judge(round(3).head, true);
    expect(await disputes.frozenFrom()).to.equal(255);
    await disputes.judge(round(255).head, true);
    // Nothing is left of the disputes that fell, neither in the word of round 256 nor in that of 515.
    expect(await disputes.frozenFrom()).to.equal(0);
    const again = [];
    for (let number = 256; number <= 516; number += 1) {
      again.push(await settle(world, job, settlement(job, number, digestOfText('root'), [0])));
    }
    const last = at(again, 516 - 256);
    await disputes.challenge(last);
    expect(await disputes.frozenFrom()).to.equal(516);
    await disputes.defend(last.head);
    await disputes.judge(last.head, true);
    expect(await disputes.frozenFrom()).to.equal(0);
  }).timeout(120_000);

  it('a void last round of a word leaves the disputes before it', async () => {
    const disputes = await challenged([3, 100, 255, 256]);
    await disputes.judge(round(255).head, false);
    await disputes.judge(round(3).head, true);
    expect(await disputes.frozenFrom()).to.equal(100);
    await disputes.judge(round(100).head, true);
    expect(await disputes.frozenFrom()).to.equal(0);
  });

  it('a void round 1 of 520 costs less than 200,000 gas', async () => {
    const disputes = await challenged([1, 300]);
    const { gasUsed } = await disputes.judge(round(1).head, false);
    expect(gasUsed < 200_000n, `${gasUsed} gas`).to.equal(true);
    expect(await disputes.posted()).to.equal(0);
    expect(await disputes.frozenFrom()).to.equal(0);
  });
});
