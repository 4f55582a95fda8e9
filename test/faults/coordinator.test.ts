/**
 * The coordinator dies by SIGKILL as it enters each phase, and inside of its settlements, on either database: each time another
 * process goes on with the same attempt and all of its members. protocol.md §4
 */
import { expect } from 'chai';
import type { Hold } from '#coordinator/driver/hold.ts';
import { findPostgres, type Postgres } from '#test/support/postgres.ts';
import { OWNERS } from './owners.ts';
import { FaultStage } from './stage.ts';
import { tell } from './told.ts';

/** In their order: a process that holds at one is killed there, and the next one holds at the one after. */
const kills: readonly Readonly<{ phase: Hold['phase']; round: number }>[] = [
  { phase: 'announced', round: 1 },
  { phase: 'enrolling', round: 1 },
  { phase: 'sharing', round: 1 },
  { phase: 'receiving', round: 1 },
  { phase: 'masking', round: 1 },
  { phase: 'confirming', round: 1 },
  { phase: 'unmasking', round: 1 },
  { phase: 'settling', round: 1 },
  { phase: 'settling-before-broadcast', round: 1 },
  { phase: 'settled', round: 1 },
  { phase: 'settling-after-broadcast', round: 2 },
  { phase: 'settling-after-receipt', round: 3 },
];
const ROUNDS = 3;

describe('a coordinator killed in every phase and inside of its settlements', function () {
  this.timeout(600_000);
  let server: Postgres | { skipped: string };
  let stage: FaultStage | undefined;

  before(async () => void (server = await findPostgres()));
  afterEach(async () => {
    await stage?.stop();
    stage = undefined;
  });
  after(async () => {
    if (!('skipped' in server)) await server.stop();
  });

  for (const engine of ['embedded', 'PostgreSQL'] as const) {
    it(`on its ${engine} database loses no attempt, no member, and pays once`, async function () {
      if (engine === 'PostgreSQL' && 'skipped' in server) {
        console.log(`skipped: ${server.skipped}`);
        return this.skip();
      }
      const url = engine === 'embedded' || 'skipped' in server ? null : await server.create();
      stage = await FaultStage.start(url);
      let running = await stage.startCoordinator(kills[0]);
      stage.runClients();
      const job = await stage.launch(ROUNDS);
      const pids = [running.pid];
      for (const [index, { phase, round }] of kills.entries()) {
        expect(await running.held()).to.equal(`held: ${phase} round ${round}`);
        await running.kill();
        const next = await stage.startCoordinator(kills[index + 1] ?? null);
        const status = await stage.api.job(job.job);
        tell(
          `SIGKILL of the coordinator, ${engine}`,
          `${phase} of round ${round}`,
          `pid ${running.pid}`,
          `pid ${next.pid} went on with attempt ${status.state === 'active' ? status.attempt : '-'}`,
        );
        running = next;
        pids.push(next.pid);
      }
      tell(`all kills, ${engine}`, `${ROUNDS} rounds`, `${kills.length} pids`, await job.sound());
      expect(new Set(pids).size).to.equal(kills.length + 1);
      for (let round = 1; round <= ROUNDS; round += 1) {
        expect(await stage.inputsIn(job.job, round), `inputs of round ${round}`).to.equal(OWNERS);
      }
    });
  }
});
