import { expect } from 'chai';
import { activeJob, leavesOf, settleRounds } from '../job.ts';
import { disputesOf } from '../dispute.ts';
import { noHead } from '../job.ts';
import { at, refusal, startWorld, type World } from '../world.ts';

describe('scenario: a dispute at the very end of the window', () => {
  let world: World;
  before(async () => void (world = await startWorld(undefined, { bonds: true })));
  beforeEach(() => world.reset());
  after(() => world.stop());

  async function posted() {
    const job = await activeJob(world, { rounds: 2, seats: [{ price: 10n, units: 2 }] });
    const settled = at(await settleRounds(world, job, 1, () => leavesOf([1])), 0);
    const { record, tree } = settled;
    const claim = () =>
      world.stranger.contracts.escrow.send.claimFor(job.job, record, at(tree.leaves, 0), tree.proof(0));
    return { job, settled, claim, disputes: disputesOf(world, job) };
  }

  it('a second before the round is ready it is held up', async () => {
    const { settled, claim, disputes } = await posted();
    await world.chain.nextBlockAt(settled.readyAt - 1);
    await disputes.challenge(settled);
    expect(await refusal(claim())).to.match(/^escrow\/disputed/);
  });

  it('in the second in which the round is ready it is too late', async () => {
    const { settled, claim, disputes } = await posted();
    await world.chain.nextBlockAt(settled.readyAt);
    expect(await refusal(disputes.challenge(settled))).to.match(/^escrow\/window-over/);
    await claim();
  });

  it('it is about a posting: other fields, another job, no job and no evidence are refused', async () => {
    const { job, settled } = await posted();
    const { send } = world.stranger.contracts.disputes;
    const { record } = settled;
    const other = await activeJob(world, { rounds: 2, seats: [{ price: 10n, units: 2 }] });
    expect(await refusal(send.challenge(job.job, { ...record, total: record.total + 1n }, noHead))).to.match(
      /^escrow\/zero-evidence/,
    );
    for (const changed of [{ total: 1n }, { quorum: true }, { round: 2 }, { readyAt: record.readyAt + 1n }]) {
      const wrong = send.challenge(job.job, { ...record, ...changed }, record.manifest);
      expect(await refusal(wrong), Object.keys(changed)[0]).to.match(/^escrow\/not-the-settlement/);
    }
    expect(await refusal(send.challenge(other.job, record, record.manifest))).to.match(
      /^escrow\/not-the-settlement/,
    );
    expect(await refusal(send.challenge(99n, record, record.manifest))).to.match(/^escrow\/no-such-job/);
  });

  it('nobody but the disputes contract freezes, upholds or voids', async () => {
    const { job, settled } = await posted();
    for (const actor of [world.deployer, world.arbiter, world.coordinator, world.buyer]) {
      const { send } = actor.contracts.escrow;
      expect(await refusal(send.freeze(job.job, settled.record))).to.match(/^escrow\/not-disputes/);
      expect(await refusal(send.uphold(job.job, 1))).to.match(/^escrow\/not-disputes/);
      expect(await refusal(send.void(job.job, 1))).to.match(/^escrow\/not-disputes/);
    }
  });
});
