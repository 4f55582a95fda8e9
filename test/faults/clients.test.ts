/**
 * An owner's client dies by SIGKILL as it enters each phase, and again when the coordinator has its message and it has no
 * answer yet: when it is back it goes on with the same secrets, and masks nothing a second time. protocol.md §4.8
 */
import { expect } from 'chai';
import type { ActingPhase } from '#client/attempt.ts';
import { AnswerCut } from './answer-cut.ts';
import { OWNERS, forkClient } from './owners.ts';
import { FaultStage } from './stage.ts';
import { tell } from './told.ts';
import { operatorAddress } from '#test/support/cohort.ts';
import type { PrimaryType } from '#protocol/typed-data.ts';

/** As it enters a phase, and what it sends in it: killed between the coordinator's acting and its answer. */
const everywhere: readonly Readonly<{ phase: ActingPhase; sends: PrimaryType | null }>[] = [
  { phase: 'announced', sends: null },
  { phase: 'enrolling', sends: 'Enrolment' },
  { phase: 'sharing', sends: 'Shares' },
  { phase: 'receiving', sends: 'Received' },
  { phase: 'masking', sends: 'Input' },
  { phase: 'confirming', sends: 'Confirm' },
  { phase: 'unmasking', sends: 'Unmasking' },
  { phase: 'settling', sends: 'Attestation' },
];
/** Seconds of the phase in which one stays away. */
const AWAY = 20;

describe('a client killed in every phase', function () {
  this.timeout(600_000);
  let stage: FaultStage;

  before(async () => {
    stage = await FaultStage.start(null);
    await stage.startCoordinator();
    stage.runClients(stage.owners.slice(1));
  });
  after(async () => {
    await (stage as FaultStage | undefined)?.stop();
  });

  it('goes on with what it had decided, before a message and after it, and the round has its input', async () => {
    const [victim] = stage.owners;
    if (!victim) throw new Error('no owners');
    const job = await stage.launch(2);
    const sent = everywhere.flatMap(({ sends }) => sends ?? []);
    const cut = new AnswerCut(stage, operatorAddress(victim.index), sent);
    const pids = new Set<number>();
    for (const { phase, sends } of everywhere) {
      const held = await forkClient(stage.world, stage.doors, victim, { hold: { phase, round: 1 } });
      expect(await held.held()).to.equal(`held: ${phase} round 1`);
      await held.kill();
      pids.add(held.pid);
      tell('SIGKILL of a client', `as it enters ${phase}`, `pid ${held.pid}`, 'started again');
      if (sends === null) continue;
      const taken = cut.taken(sends, () => sender.kill());
      const sender = await forkClient(stage.world, stage.doors, victim);
      const status = await taken;
      expect(status).to.be.within(200, 299);
      pids.add(sender.pid);
      tell(
        'SIGKILL of a client',
        `${sends} taken (${status}), not answered`,
        `pid ${sender.pid}`,
        'started again',
      );
    }
    const last = await forkClient(stage.world, stage.doors, victim);
    stage.own({ stop: () => last.kill() });
    tell('all kills of a client', '2 rounds', `${pids.size} pids`, await job.sound());
    expect(await stage.inputsIn(job.job, 1)).to.equal(OWNERS);
    expect(pids.size).to.equal(2 * everywhere.length - 1);
    stage.proxy.obey(null);
    await last.kill();
  });

  it('and away for good before its upload costs the others nothing, and takes part again when it is back', async () => {
    const [victim] = stage.owners;
    if (!victim) throw new Error('no owners');
    const lost = await forkClient(stage.world, stage.doors, victim, { hold: { phase: 'masking', round: 1 } });
    const job = await stage.launch(2, { masking: AWAY });
    expect(await lost.held()).to.equal('held: masking round 1');
    await lost.kill();
    await job.settled(1);
    const back = await forkClient(stage.world, stage.doors, victim);
    stage.own({ stop: () => back.kill() });
    const seen = await job.sound();
    tell('SIGKILL of a client, for a round', 'masking of round 1', `pid ${lost.pid}`, seen);
    const inputs = await Promise.all([1, 2].map((round) => stage.inputsIn(job.job, round)));
    expect(inputs).to.deep.equal([OWNERS - 1, OWNERS]);
  });
});
