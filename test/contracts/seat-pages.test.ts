import { expect } from 'chai';
import { openJob, type TestJob } from './job.ts';
import { at, refusal, startWorld, type World } from './world.ts';

describe('pages of seats', () => {
  let world: World;
  let job: TestJob;
  before(async () => {
    world = await startWorld();
    job = await openJob(world, {
      rounds: 5,
      seats: [10n, 25n, 30n].map((price, index) => ({ price, units: index + 1 })),
    });
  });
  after(() => world.stop());

  const read = () => world.stranger.contracts.escrow.read;
  const pages = () => world.stranger.contracts.seatReader.read;
  const page = async (first: number, count: number) => {
    const { seats, owners } = await pages().seatsOf(job.job, first, count);
    return { prices: seats.map(({ price }) => price), owners };
  };
  const owner = (index: number) => at(world.owners, index).address;

  it('give as many seats from the first one on as are asked for and there', async () => {
    const whole = { prices: [10n, 25n, 30n], owners: [owner(0), owner(1), owner(2)] };
    expect(await page(0, 3)).to.deep.equal(whole);
    expect(await page(0, 1_000)).to.deep.equal(whole);
    expect(await page(1, 1)).to.deep.equal({ prices: [25n], owners: [owner(1)] });
    expect(await page(1, 2)).to.deep.equal({ prices: [25n, 30n], owners: [owner(1), owner(2)] });
    expect(await page(2, 2)).to.deep.equal({ prices: [30n], owners: [owner(2)] });
  });

  it('are empty past the last seat, and of nothing', async () => {
    for (const [first, count] of [
      [3, 1],
      [4, 2],
      [2 ** 32 - 1, 2 ** 32 - 1],
      [0, 0],
    ] as const) {
      expect(await page(first, count)).to.deep.equal({ prices: [], owners: [] });
    }
    expect(await refusal(pages().seatsOf(99n, 0, 1))).to.match(/^escrow\/no-such-job/);
  });

  it('say of each seat what it says alone, and who owns its dataset now', async () => {
    const { seats } = await pages().seatsOf(job.job, 0, 3);
    for (const [index, seat] of seats.entries()) {
      expect(seat).to.deep.equal(await read().seatOf(job.job, index));
    }
    const seller = at(world.owners, 1);
    const { dataset } = at(job.listings, 1);
    await seller.contracts.registry.send.transferFrom(seller.address, world.stranger.address, dataset);
    expect((await page(1, 1)).owners).to.deep.equal([world.stranger.address]);
  });
});
