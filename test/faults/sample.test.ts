/** A sample of the faults that `npm run test:slow` plays at length: chain and IPFS away in a round, over a bad network. */
import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'chai';
import { faultsAtRandom, type Rule } from '#test/support/faulty-proxy.ts';
import { OWNERS } from './owners.ts';
import { FaultStage } from './stage.ts';

const AWAY_MILLIS = 2_000;

describe('a round in which the chain and IPFS go away, requests fail at random and messages come twice', function () {
  this.timeout(180_000);
  let stage: FaultStage;
  before(async () => {
    stage = await FaultStage.start(null);
    await stage.coordinateHere();
    stage.runClients();
  });
  after(() => (stage as FaultStage | undefined)?.stop());

  it('loses nothing that was acknowledged, pays once, and passes the audit', async () => {
    let back = Promise.resolve();
    const random = faultsAtRandom('a sample', [
      [{ kind: 'cut' }, 0.05],
      [{ kind: 'lost' }, 0.05],
      [{ kind: 'twice' }, 0.1],
    ]);
    let isFirst = true;
    const rule: Rule = async (passing) => {
      if (!passing.path.includes('/inputs/')) return random(passing);
      if (!isFirst) return null;
      isFirst = false;
      await Promise.all([stage.chain.shut(), stage.ipfs.shut()]);
      back = delay(AWAY_MILLIS)
        .then(() => Promise.all([stage.chain.reopen(), stage.ipfs.reopen()]))
        .then(() => undefined);
      return { kind: 'cut' };
    };
    stage.proxy.obey(rule);
    const job = await stage.launch(1);
    const seen = await job.sound();
    await back;
    expect(await stage.inputsIn(job.job, 1)).to.equal(OWNERS);
    expect(stage.proxy.counts.get('cut') ?? 0).to.be.above(0);
    const spoilt = [...stage.proxy.counts].map(([kind, times]) => `${kind} × ${times}`).join(', ');
    console.log(
      `      ${stage.proxy.requests} requests: ${spoilt}; chain and IPFS away for ${AWAY_MILLIS / 1_000} s: ${seen}`,
    );
  });
});
