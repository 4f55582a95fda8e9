import { expect } from 'chai';
import { JobState, type Opening } from '#contracts/bindings/training-escrow.ts';
import { toAddress } from '#protocol/units.ts';
import { opening, noHead } from './job.ts';
import { at, floors, refusal, startWorld, type World } from './world.ts';

describe('opening a job', () => {
  let world: World;
  before(async () => void (world = await startWorld()));
  beforeEach(() => world.reset());
  after(() => world.stop());

  const escrow = () => world.buyer.contracts.escrow;
  const jobOf = (job: bigint) => escrow().read.jobOf(job);

  describe('terms', () => {
    it('takes the bonus pool and keeps every term', async () => {
      const terms = await opening(world, { bonusPool: 1_003n, rounds: 7 });
      const mined = await escrow().send.open(terms);
      expect(at(escrow().events('JobOpened', mined.logs), 0).args).to.deep.equal({
        job: 1n,
        buyer: world.buyer.address,
        coordinator: world.coordinator.address,
        opening: terms,
      });
      expect(await jobOf(1n)).to.deep.equal({
        ...terms,
        state: JobState.Open,
        buyer: world.buyer.address,
        posted: 0,
        seats: 0,
        readyAt: 0n,
        frozenFrom: 0,
      });
      expect(await world.buyer.contracts.paymentToken.read.balanceOf(world.deployment.escrow)).to.equal(
        1_003n,
      );
      await escrow().send.open(await opening(world));
      expect((await jobOf(2n)).bonusPool).to.equal(0n);
      expect(await refusal(jobOf(3n))).to.match(/^escrow\/no-such-job .*job 3/);
    });

    const bad: [string, Partial<Opening>, RegExp][] = [
      ['no terms', { terms: noHead }, /^escrow\/zero-terms/],
      ['no coordinator', { coordinator: toAddress(`0x${'00'.repeat(20)}`) }, /^escrow\/zero-coordinator/],
      ['no rounds', { rounds: 0 }, /^escrow\/rounds-out-of-range .*max 65535/],
      ['too many rounds', { rounds: 65_536 }, /^escrow\/rounds-out-of-range .*rounds 65536/],
      [
        'too short a round timeout',
        { roundTimeout: floors.minRoundTimeout - 1 },
        /^escrow\/round-timeout-too-short/,
      ],
      [
        'too short a short window',
        { shortWindow: floors.minShortWindow - 1 },
        /^escrow\/short-window-too-short/,
      ],
      [
        'too short a long window',
        { longWindow: floors.minLongWindow - 1 },
        /^escrow\/long-window-out-of-range/,
      ],
      [
        'a long window below the short one',
        { shortWindow: 2_000, longWindow: 1_999 },
        /out-of-range .*min 2000/,
      ],
      ['a long window of more than a year', { longWindow: 31_536_001 }, /^escrow\/long-window-out-of-range/],
    ];
    for (const [what, changes, code] of bad) {
      it(`refuses ${what}`, async () => {
        expect(await refusal(escrow().send.open(await opening(world, changes)))).to.match(code);
      });
    }

    it('admits the shortest and the longest terms', async () => {
      const shortest = { roundTimeout: floors.minRoundTimeout, shortWindow: floors.minShortWindow };
      await escrow().send.open(
        await opening(world, { ...shortest, longWindow: floors.minLongWindow, rounds: 1 }),
      );
      await escrow().send.open(await opening(world, { longWindow: 31_536_000, rounds: 65_535 }));
      await escrow().send.open(await opening(world, { shortWindow: 2_000, longWindow: 2_000 }));
    });

    it('keeps the cutoff within (now, now + ten years], to the second', async () => {
      const time = (await world.chain.now()) + 10;
      const tenYears = 3_650 * 86_400;
      for (const cutoff of [time, time + tenYears + 1]) {
        const terms = await opening(world, { cutoff: BigInt(cutoff) });
        await world.chain.nextBlockAt(time);
        const range = `(cutoff ${cutoff}, min ${time + 1}, max ${time + tenYears})`;
        expect(await refusal(escrow().send.open(terms)))
          .to.match(/^escrow\/cutoff-out-of-range/)
          .and.contain(range);
        await world.reset();
      }
      for (const cutoff of [time + 1, time + tenYears]) {
        const terms = await opening(world, { cutoff: BigInt(cutoff) });
        await world.chain.nextBlockAt(time);
        await escrow().send.open(terms);
        await world.reset();
      }
    });
  });
});
