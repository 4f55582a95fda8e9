/**
 * Clocks ten minutes apart, in phases far shorter than that: the coordinator's is five minutes slow, one owner's five fast, one's
 * five slow. Deadlines are moments of the coordinator's clock, which its answers tell. protocol.md §4
 */
import { expect } from 'chai';
import { forkClient, OWNERS } from './owners.ts';
import { FaultStage } from './stage.ts';
import { tell } from './told.ts';

const SLOW = -300;
const FAST = 300;
/** Enough to train on a busy machine, and a fraction of what the clocks are apart. */
const PHASE_SECONDS = 60;
const ROUNDS = 2;

describe('clocks ten minutes apart', function () {
  this.timeout(600_000);
  let stage: FaultStage;

  before(async () => {
    stage = await FaultStage.start(null);
  });
  after(async () => {
    await (stage as FaultStage | undefined)?.stop();
  });

  it('cost nobody a round', async () => {
    const { pid } = await stage.startCoordinator(null, SLOW);
    const [fast, slow, ...others] = stage.owners;
    if (!fast || !slow) throw new Error('no owners');
    const skewed = await Promise.all([
      forkClient(stage.world, stage.doors, fast, { skewSeconds: FAST }),
      forkClient(stage.world, stage.doors, slow, { skewSeconds: SLOW }),
    ]);
    for (const client of skewed) stage.own({ stop: () => client.kill() });
    stage.runClients(others);
    const each = ['enrolling', 'sharing', 'masking', 'confirming', 'unmasking', 'settling'] as const;
    const job = await stage.launch(ROUNDS, Object.fromEntries(each.map((phase) => [phase, PHASE_SECONDS])));
    const after = await job.sound();
    const pids = [pid, ...skewed.map((client) => client.pid)].join(', ');
    tell(
      `clocks ${SLOW}, ${FAST}, ${SLOW} s`,
      `${ROUNDS} rounds of ${PHASE_SECONDS} s phases`,
      `pids ${pids}`,
      after,
    );
    for (let round = 1; round <= ROUNDS; round += 1)
      expect(await stage.inputsIn(job.job, round), `inputs of round ${round}`).to.equal(OWNERS);
  });
});
