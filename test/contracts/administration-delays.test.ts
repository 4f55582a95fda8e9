/** Changes of what is asked of new jobs wait for their delay, and lapse. protocol.md §5.7 */
import { expect } from 'chai';
import { connectAs } from '#contracts/connect.ts';
import { deploy } from '#contracts/deploy.ts';
import { change, changeState } from '#contracts/governing.ts';
import type { Hex } from '#protocol/units.ts';
import { floors, refusal, startWorld, type World } from './world.ts';

/** Seconds after which an announcement that could be made lapses. */
const WEEK = 604_800;

describe('the delays of the administration', function () {
  this.timeout(120_000);
  let world: World;
  before(async () => {
    world = await startWorld();
  });
  after(() => world.stop());

  it('makes a change only after its delay and before it lapses, when the administrator has one', async () => {
    const delay = 1_000;
    const admin = world.stranger;
    const deployment = await deploy(world.deployer.transactor, floors, {
      governance: {
        admin: admin.address,
        delay,
        fee: 10,
        arbiter: { address: world.arbiter.address, fee: 3n },
      },
    });
    const contracts = connectAs(deployment, admin.transactor);
    const { policy, administration: manager } = contracts;
    const former = connectAs(deployment, world.deployer.transactor);
    expect(await policy.read.fee()).to.equal(10);
    expect(await refusal(former.policy.send.setFee(0)), 'the deployer').to.match(/^escrow\/not-authorized /);
    expect(await refusal(former.administration.send.grantRole(0n, world.deployer.address, 0))).to.match(
      /^escrow\//,
    );

    const data = policy.encode.setFee(20);
    expect(await changeState(contracts, admin.address, data)).to.deep.equal({ state: 'unannounced', delay });
    expect(await refusal(policy.send.setFee(20)), 'unannounced').to.match(/^escrow\/not-scheduled /);
    expect(await refusal(change(contracts, data, { makeOnly: true }))).to.match(/^escrow\/not-scheduled /);
    const announced = await change(contracts, data);
    if (announced.outcome !== 'announced') throw new Error(`it was ${announced.outcome}`);
    expect(announced.from).to.equal((await world.chain.now()) + delay);
    expect(announced.until).to.equal(announced.from + WEEK);
    expect(await refusal(policy.send.setFee(20)), 'too early').to.match(/^escrow\/not-ready /);
    expect(await refusal(change(contracts, data, { makeOnly: true }))).to.match(/^escrow\/not-ready /);
    expect(await change(contracts, data)).to.include({ outcome: 'waiting', operation: announced.operation });
    await world.chain.nextBlockAt(announced.from - 1);
    expect(await refusal(manager.send.execute(policy.address, data)), 'a second early').to.match(
      /^escrow\/not-ready /,
    );
    await world.chain.mineAt(announced.from);
    expect(await change(contracts, data, { makeOnly: true })).to.include({ outcome: 'made' });
    expect(await policy.read.fee()).to.equal(20);
    expect(await refusal(policy.send.setFee(20)), 'a second time').to.match(/^escrow\/not-scheduled /);

    const next = policy.encode.setFee(30);
    const lapses = await change(contracts, next);
    if (lapses.outcome !== 'announced') throw new Error(`it was ${lapses.outcome}`);
    await world.chain.nextBlockAt(lapses.until);
    expect(await refusal(manager.send.execute(policy.address, next)), 'lapsed').to.match(
      /^escrow\/announcement-expired /,
    );
    await world.chain.mineAt(lapses.until + 1);
    expect(await changeState(contracts, admin.address, next)).to.deep.equal({ state: 'unannounced', delay });
    expect(await policy.read.fee()).to.equal(20);

    const third = await change(contracts, next);
    if (third.outcome !== 'announced') throw new Error(`it was ${third.outcome}`);
    await manager.send.cancel(admin.address, policy.address, next);
    await world.chain.mineAt(third.from);
    expect(await refusal(policy.send.setFee(30)), 'cancelled').to.match(/^escrow\/not-scheduled /);

    // Pausing alone takes effect at once; and new roles wait like everything else.
    expect(await change(contracts, policy.encode.setPaused(true))).to.include({ outcome: 'made' });
    expect(await policy.read.paused()).to.equal(true);
    expect(await refusal(manager.send.grantRole(1n, world.buyer.address, 0))).to.match(
      /^escrow\/not-scheduled /,
    );
    expect(
      await refusal(manager.send.setTargetFunctionRole(policy.address, [data.slice(0, 10) as Hex], 2n)),
    ).to.match(/^escrow\/not-scheduled /);
  });
});
