/** Each change of the opening policy is an event with what it changed to: watchers see nothing else of it. protocol.md §5.7 */
import { expect } from 'chai';
import { at, startWorld, type World } from './world.ts';

describe('the events of the opening policy', () => {
  let world: World;
  before(async () => void (world = await startWorld()));
  after(() => world.stop());

  it('tell of the fee, of arbiters that come and go, and of a pause', async () => {
    const { policy } = world.deployer.contracts;
    const { address: arbiter } = world.stranger;
    const { logs: fee } = await policy.send.setFee(37);
    expect(at(policy.events('FeeSet', fee), 0).args).to.deep.equal({ fee: 37 });
    const { logs: listed } = await policy.send.listArbiter(arbiter, 55n);
    expect(at(policy.events('ArbiterListed', listed), 0).args).to.deep.equal({ arbiter, arbiterFee: 55n });
    const { logs: removed } = await policy.send.removeArbiter(arbiter);
    expect(at(policy.events('ArbiterRemoved', removed), 0).args).to.deep.equal({ arbiter });
    const { logs: paused } = await policy.send.setPaused(true);
    expect(at(policy.events('OpeningPaused', paused), 0).args).to.deep.equal({ paused: true });
  });
});
