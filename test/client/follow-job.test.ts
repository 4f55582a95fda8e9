import { setImmediate } from 'node:timers/promises';
import { expect } from 'chai';
import { TributaryError } from '#crypto/error.ts';
import { serve } from '#client/agent.ts';
import { followJob } from '#client/follow-job.ts';
import { roundStatuses } from '#client/status.ts';
import { domain } from '#test/support/cohort.ts';
import { theJob } from './support/cohort.ts';
import { removeHomes, filesIn } from './support/home.ts';
import { SelfDriving } from './support/self-driving.ts';
import { nameOf, messageOf } from './support/outcome.ts';
import { player, playersIn, withUnits } from './support/player.ts';

describe('following a job', () => {
  afterEach(removeHomes);

  it('takes part round after round until the last is settled, and keeps no secret of it', async () => {
    const world = await SelfDriving.start(await theJob(), 3);
    const players = await playersIn(world);
    const ended = await Promise.all(players.map(({ setting }) => followJob(setting, 7)));
    expect(ended).to.deep.equal([null, null, null]);
    expect(world.facts.settlements).to.have.length(3);
    for (const { home } of players) {
      expect([...filesIn(home).keys()].filter((name) => name.endsWith('.sealed'))).to.deep.equal([]);
    }
    const { setting } = players[1]!;
    const statuses = roundStatuses(setting.journal, domain, world.facts, 2);
    expect(
      statuses.map(({ round, attempts, state, took }) => ({ round, attempts, state, took })),
    ).to.deep.equal([1, 2, 3].map((round) => ({ round, attempts: 1, state: 'settled', took: true })));
    // 2,000 a round, and a third of a third of the pool of 900.
    expect(statuses.map(({ earned }) => earned)).to.deep.equal([2100n, 2100n, 2100n]);
    for (const { bytesUp } of statuses) expect(bytesUp).to.be.within(3_000, 10_000);
  });

  it('says who may read the evidence before it sends anything', async () => {
    const world = await SelfDriving.start(await theJob(), 3);
    const one = await player(0, world);
    world.onCall = (call) => {
      if (call !== 'attempt') return;
      world.facts = { ...world.facts, state: 'cancelled' };
      throw new TributaryError('coordinator/unreachable', 'gone');
    };
    await followJob(one.setting, 7);
    expect(world.rounds[0]!.sent).to.deep.equal([]);
    const evidence = { readers: [], retentionDays: 90 };
    const line =
      'job 7: round 1, attempt 1; evidence for members, buyer; kept 90 days after a round is final';
    expect(one.said).to.deep.include({ job: 7, round: 1, attempt: 1, evidence, message: line });
  });

  it('waits for coordinator and chain, and says what it waits for', async () => {
    const world = await SelfDriving.start(await theJob(), 3);
    world.closeAfter = 1;
    const players = await playersIn(world);
    const failures = new Map([
      ['facts', 'chain/unreachable'],
      ['job', 'coordinator/unreachable'],
      ['attempt', 'coordinator/unreachable'],
    ]);
    world.onCall = (call) => {
      const code = failures.get(call);
      failures.delete(call);
      if (code) throw new TributaryError(code, 'away');
    };
    await Promise.all(players.map(({ setting }) => followJob(setting, 7)));
    expect(failures.size).to.equal(0);
    expect(world.facts.settlements).to.have.length(1);
    const codes = players.flatMap(({ said }) => said.map(({ code }) => code));
    expect(codes).to.include('chain/unreachable');
    expect(codes).to.include('coordinator/unreachable');
  });

  it('goes on by the chain when the coordinator is gone for good', async () => {
    const world = await SelfDriving.start(await theJob(), 3);
    const one = await player(0, world);
    world.onCall = (call) => {
      if (call !== 'attempt') return;
      world.facts = { ...world.facts, state: 'cancelled' };
      throw new TributaryError('coordinator/unreachable', 'gone');
    };
    expect(await followJob(one.setting, 7)).to.equal(null);
  });

  it('declines a job that is against its policy, and sends nothing', async () => {
    const world = await SelfDriving.start(await theJob(), 3);
    world.facts = { ...world.facts, seats: world.facts.seats.map((seat) => ({ ...seat, price: 999n })) };
    const one = await player(0, world);
    const released: number[] = [];
    const setting = { ...one.setting, release: (job: number) => void released.push(job) };
    expect((await followJob(setting, 7))?.code).to.equal('policy/price-too-low');
    expect(released, 'lets go of what was kept for it').to.deep.equal([7]);
    expect(world.rounds[0]!.sent).to.deep.equal([]);
    expect(one.said.at(-1)).to.include({ code: 'policy/price-too-low' });
  });

  it('takes no part without a seat', async () => {
    const world = await SelfDriving.start(await theJob(), 3);
    const one = await player(0, world);
    const elsewhere = { ...one.setting.holdings, dataset: 77 };
    expect((await followJob({ ...one.setting, holdings: elsewhere }, 7))?.code).to.equal('terms/no-seat');
  });

  it('takes no part in a round that its seat has no unit left for', async () => {
    const world = await SelfDriving.start(await withUnits(1), 3);
    const players = await playersIn(world);
    const ended = await Promise.all(players.map(({ setting }) => followJob(setting, 7)));
    expect(ended.map((flaw) => flaw?.code)).to.deep.equal(Array(3).fill('terms/no-units-left'));
    expect(world.facts.settlements).to.have.length(1);
    expect(world.rounds[1]!.sent).to.deep.equal([]);
  });

  it('does not take a round that the coordinator has not come to, or that the chain has left', async () => {
    const world = await SelfDriving.start(await theJob(), 3);
    const one = await player(0, world);
    let asked = 0;
    const api = {
      ...world.api,
      job: async () => {
        asked += 1;
        if (asked === 3) one.stop.abort(new Error('enough'));
        const answers = [
          { state: 'active', round: 2 },
          { state: 'failed', round: 1 },
          { state: 'finished', round: 1 },
        ] as const;
        return { job: 7, attempt: 1, rounds: 3, ...answers[asked - 1]! };
      },
    };
    const outcome = followJob({ ...one.setting, coordinator: () => api }, 7);
    expect(await messageOf(outcome)).to.equal('enough');
    expect(world.rounds[0]!.sent).to.deep.equal([]);
  });

  it('waits out a round that breaks the rules as long as it may be voided, and goes on from the true one', async () => {
    const world = await SelfDriving.start(await theJob(), 3);
    const players = await playersIn(world);
    let asked = 0;
    const lying = {
      ...world.chain,
      facts: async (job: number) => {
        const facts = await world.chain.facts(job);
        const posted = facts.settlements.length === 1 && (asked += 1) < 20;
        const lie = ({ total }: { total: bigint }) => ({ total: total + 1n, readyAt: 2_000_000_000 });
        return posted
          ? { ...facts, settlements: facts.settlements.map((settled) => ({ ...settled, ...lie(settled) })) }
          : facts;
      },
    };
    const court = {} as never;
    const settings = players.map(({ setting }) => ({ ...setting, chain: lying, court }));
    const ended = await Promise.all(settings.map((setting) => followJob(setting, 7)));
    expect(ended).to.deep.equal([null, null, null]);
    expect(asked).to.be.greaterThan(19);
    expect(players.flatMap(({ said }) => said.map(({ code }) => code))).to.include('history/other-payouts');
    expect(world.facts.settlements).to.have.length(3);
  });

  it('stops where the last round was settled against the rules', async () => {
    const world = await SelfDriving.start(await theJob(), 3);
    const players = await playersIn(world);
    const honest = world.chain;
    const lying = {
      ...honest,
      facts: async (job: number) => {
        const facts = await honest.facts(job);
        return {
          ...facts,
          settlements: facts.settlements.map((settled) => ({ ...settled, total: settled.total + 1n })),
        };
      },
    };
    const settings = players.map(({ setting }) => ({ ...setting, chain: lying }));
    const ended = await Promise.all(settings.map((setting) => followJob(setting, 7)));
    expect(ended.map((flaw) => flaw?.code)).to.deep.equal(Array(3).fill('history/other-payouts'));
    expect(world.facts.settlements).to.have.length(1);
  });
});

describe('serving', () => {
  afterEach(removeHomes);

  it('follows the jobs that it finds until it is stopped', async () => {
    const world = await SelfDriving.start(await theJob(), 3);
    world.closeAfter = 1;
    const players = await playersIn(world);
    const over = new Promise<void>((resolve) => {
      world.onCall = () => {
        if (world.facts.settlements.length === 1) resolve();
      };
    });
    const serving = players.map(({ setting }) => nameOf(serve(setting, () => undefined)));
    await over;
    for (const { stop } of players) stop.abort();
    expect(await Promise.all(serving)).to.deep.equal(['AbortError', 'AbortError', 'AbortError']);
    expect(world.facts.settlements).to.have.length(1);
  });

  it('ends when every job that it follows has ended, not before', async () => {
    const world = await SelfDriving.start(await theJob(), 3);
    let ended = false;
    const hold = async () => {
      one.stop.abort(new Error('enough'));
      await setImmediate();
      ended = true;
    };
    const one = await player(0, world, { hold });
    expect(await messageOf(serve(one.setting, () => undefined))).to.equal('enough');
    expect(ended).to.equal(true);
  });

  it('halts on what waiting does not mend', async () => {
    const world = await SelfDriving.start(await theJob(), 3);
    const one = await player(0, world);
    world.onCall = () => {
      throw new TributaryError('journal/damaged', 'x');
    };
    const failures: unknown[] = [];
    const serving = serve(one.setting, (failure) => {
      failures.push(failure);
      one.stop.abort();
    });
    expect(await nameOf(serving)).to.equal('AbortError');
    expect(failures).to.have.length(1);
    expect(failures[0]).to.have.property('code', 'journal/damaged');
  });
});
