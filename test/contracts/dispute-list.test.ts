import { expect } from 'chai';
import { isDecided, readDispute } from '#contracts/dispute-list.ts';
import { disputesOf } from './dispute.ts';
import { activeJob, leavesOf, settleRounds, type TestJob } from './job.ts';
import { startWorld, type World } from './world.ts';

describe('a dispute as it is read', () => {
  let world: World;
  let job: TestJob;
  before(async () => void (world = await startWorld(undefined, { bonds: true })));
  beforeEach(async () => {
    await world.reset();
    job = await activeJob(world, { rounds: 3, seats: [{ price: 10n, units: 3 }] });
  });
  after(() => world.stop());

  it('has not fallen where its own judgement voids the round while it is read', async () => {
    const [one] = await settleRounds(world, job, 1, (round) => leavesOf([round]));
    const disputes = disputesOf(world, job);
    const head = await disputes.challenge(one!);
    await disputes.defend(head);
    const { contracts } = world.buyer;
    const { read } = contracts.escrow;
    const judged = {
      ...contracts,
      escrow: {
        ...contracts.escrow,
        read: {
          ...read,
          headOf: async (...asked: Parameters<typeof read.headOf>) => {
            await disputes.judge(head, false);
            return read.headOf(...asked);
          },
        },
      },
    };
    expect(await readDispute(judged, head)).to.include({ status: 'voided', fallen: false });
  });

  it('has fallen where an earlier round was voided, and is decided at once', async () => {
    const [one, two] = await settleRounds(world, job, 2, (round) => leavesOf([round]));
    const disputes = disputesOf(world, job);
    const head = await disputes.challenge(two!);
    const first = await disputes.challenge(one!);
    await disputes.defend(first);
    await disputes.judge(first, false);
    const found = await readDispute(world.buyer.contracts, head);
    expect(found).to.include({ status: 'open', fallen: true });
    expect(found && isDecided(found, 0)).to.equal(true);
  });

  it('is decided one second after its deadline, and is none where nobody challenged', async () => {
    const [one, two] = await settleRounds(world, job, 2, (round) => leavesOf([round]));
    const head = await disputesOf(world, job).challenge(one!);
    const found = (await readDispute(world.buyer.contracts, head))!;
    expect([isDecided(found, found.deadline), isDecided(found, found.deadline + 1)]).to.deep.equal([
      false,
      true,
    ]);
    expect(await readDispute(world.buyer.contracts, two!.head)).to.equal(null);
  });
});
