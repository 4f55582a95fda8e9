/**
 * What the system stands on goes away in the middle of a round and comes back: the database's server, the chain's RPC, the IPFS
 * node, a block with a settlement in it. Nothing is restarted; everyone waits and goes on.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'chai';
import { findPostgres, type Postgres } from '#test/support/postgres.ts';
import { OWNERS } from './owners.ts';
import { FaultStage, type Watched } from './stage.ts';
import { tell } from './told.ts';

const ROUNDS = 5;
/** Readers who ask all the time while the database restarts. */
const READERS = 20;
const SECOND = 1_000;

describe('an outage in the middle of a round', function () {
  this.timeout(600_000);
  let server: Postgres | null = null;
  let stage: FaultStage;
  let job: Watched;

  before(async () => {
    const found = await findPostgres();
    server = 'skipped' in found ? null : found;
    stage = await FaultStage.start(server ? await server.create() : null);
    await stage.startCoordinator();
    stage.runClients();
    // Round 1 waits for its first input until its test begins.
    begun = stage.inMasking(1);
    job = await stage.launch(ROUNDS);
  });
  after(async () => {
    await (stage as FaultStage | undefined)?.stop();
    await server?.stop();
  });

  let begun: ReturnType<FaultStage['inMasking']>;

  /** What happens when the first input of a round is on its way, held back until it is over; and then the round is settled. */
  async function inRound(round: number, happens: () => Promise<void>): Promise<void> {
    const input = await begun;
    try {
      await happens();
    } finally {
      begun = stage.inMasking(round + 1);
      input.release();
    }
    await job.settled(round);
    expect(await stage.inputsIn(job.job, round), `inputs of round ${round}`).to.equal(OWNERS);
  }

  it('PostgreSQL stopped at once and restarted, under load: 503 and when to ask again, and nothing is lost', async function () {
    if (!server?.crash) {
      await inRound(1, () => Promise.resolve());
      console.log('skipped: no PostgreSQL server that is ours to stop');
      return this.skip();
    }
    const { crash } = server;
    const answers = new Map<string, number>();
    await inRound(1, async () => {
      let reading = true;
      const readers = Array.from({ length: READERS }, async () => {
        while (reading) {
          const said = await answerOf(`${stage.coordinatorUrl}/v1/jobs/${job.job}/rounds/1/attempts/1`);
          answers.set(said, (answers.get(said) ?? 0) + 1);
          await delay(250);
        }
      });
      await crash();
      await delay(SECOND);
      reading = false;
      await Promise.all(readers);
    });
    const said = new Set([...answers.keys()].map((one) => one.replace(/retry-after \d+$/, 'retry-after N')));
    expect([...said].sort()).to.deep.equal(['200', '503 retry-after N']);
    const seen = [...answers].map(([said, times]) => `${said} × ${times}`).join(', ');
    tell('PostgreSQL SIGQUIT, restarted', 'masking of round 1', `${READERS} readers`, `${seen}; settled`);
  });

  it('the chain away for a minute', async () => {
    await inRound(2, async () => {
      await stage.chain.shut();
      void delay(60 * SECOND).then(() => stage.chain.reopen());
    });
    tell('chain RPC refuses for 60 s', 'masking of round 2', `${stage.chain.cut} connections cut`, 'settled');
  });

  it('the chain half-open for twenty seconds: connections that take and never answer', async () => {
    await inRound(3, async () => {
      stage.chain.silence();
      void delay(20 * SECOND).then(() => stage.chain.speak());
    });
    tell(
      'chain RPC half-open for 20 s',
      'masking of round 3',
      `${stage.chain.cut} connections cut`,
      'settled',
    );
  });

  it('IPFS away for thirty seconds, for the coordinator and its clients', async () => {
    await inRound(4, async () => {
      await stage.ipfs.shut();
      void delay(30 * SECOND).then(() => stage.ipfs.reopen());
    });
    tell('IPFS refuses for 30 s', 'masking of round 4', `${stage.ipfs.cut} connections cut`, 'settled');
  });

  it('a reorganisation that drops the settlement', async () => {
    const { chain } = stage.world;
    const input = await begun;
    input.release();
    await job.settled(ROUNDS);
    const [before] = await stage.postings(job.job, ROUNDS);
    await chain.provider.send('evm_setAutomine', [false]);
    const depth = (await chain.provider.getBlockNumber()) - (before?.block ?? 0) + 1;
    await chain.provider.send('anvil_reorg', [depth, []]);
    expect(await stage.postings(job.job, ROUNDS), 'the settlement is gone').to.deep.equal([]);
    await stage.untilPending(1);
    await chain.provider.send('evm_setAutomine', [true]);
    await chain.provider.send('evm_mine', []);
    const [after] = await stage.postings(job.job, ROUNDS);
    expect(after?.transaction).to.equal(before?.transaction);
    tell(
      'reorganisation',
      `settlement of round ${ROUNDS}`,
      `${depth} blocks`,
      'the same transaction mined again',
    );
  });

  it('leaves a job that is sound', async () => {
    tell('all outages', `${ROUNDS} rounds`, '', await job.sound());
  });
});

/** Status, and when to ask again. */
async function answerOf(url: string): Promise<string> {
  const answer = await fetch(url);
  await answer.body?.cancel();
  return answer.ok ? '200' : `${answer.status} retry-after ${answer.headers.get('retry-after')}`;
}
