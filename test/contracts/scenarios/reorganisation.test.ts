import { expect } from 'chai';
import { activeJob, leavesOf, payoutTree, settle, settlement } from '../job.ts';
import { at, refusal, startWorld, type World } from '../world.ts';

describe('scenario: a reorganisation drops a settlement', () => {
  let world: World;
  before(async () => void (world = await startWorld()));
  beforeEach(() => world.reset());
  after(() => world.stop());

  it('it is sent again and takes; once more, "already settled" names the same head', async () => {
    const job = await activeJob(world, { rounds: 2, seats: [{ price: 10n, units: 2 }] });
    const { escrow } = world.stranger.contracts;
    const tree = payoutTree(job.job, leavesOf([1]));
    const given = settlement(job, 1, tree.root, [0]);
    const dropped = await settle(world, job, given);
    await world.chain.provider.send('anvil_reorg', [1, []]);
    expect(await escrow.read.headOf(job.job, 1)).to.equal(`0x${'00'.repeat(32)}`);
    const events = await world.chain.provider.getLogs({
      address: escrow.address,
      topics: escrow.topics('RoundSettled', {}),
      fromBlock: 0,
    });
    expect(events).to.have.lengthOf(0);

    await world.chain.nextBlockAt((await world.chain.now()) + 20);
    const again = await settle(world, job, given);
    expect(again.head).not.to.equal(dropped.head);
    expect(await refusal(settle(world, job, given))).to.match(
      new RegExp(`^escrow/already-settled .*head ${again.head}`),
    );

    // Only the settlement that the chain kept pays.
    await world.chain.mineAt(again.readyAt);
    const claim = (record: typeof again.record) =>
      escrow.send.claimFor(job.job, record, at(tree.leaves, 0), tree.proof(0));
    expect(await refusal(claim(dropped.record))).to.match(/^escrow\/not-the-settlement/);
    await claim(again.record);
  });
});
