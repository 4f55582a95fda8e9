/** A sample of `npm run test:fuzz`, in `npm run test:slow`: that its stage stands, and what it sends is answered. */
import { expect } from 'chai';
import { fuzz } from './fuzz.ts';
import { setStage, type Stage } from './stage.ts';

describe('a coordinator that is fuzzed', function () {
  this.timeout(300_000);
  let stage: Stage;
  before(async () => (stage = await setStage()));
  after(async () => {
    await (stage as Stage | undefined)?.stop();
  });

  it('answers a thousand bent requests, and settles a round after', async () => {
    const { tally, requests, authenticated, leaks, failures } = await fuzz(stage, 1_000, 9);
    console.log(`      ${requests} requests, ${authenticated} of them authenticated`);
    expect({ leaks, failures }).to.deep.equal({ leaks: [], failures: [] });
    expect(authenticated).to.be.greaterThan(requests / 2);
    expect(tally.count((status) => status.startsWith('2'))).to.be.greaterThan(50);
    expect(stage.coordinator.lives()).to.equal(true);
    expect(await stage.settlesAnother()).to.have.property('proposal');
  });
});
