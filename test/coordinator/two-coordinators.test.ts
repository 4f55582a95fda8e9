/** Any coordinator of a database takes any message; timers and effects are one's; and either may die at any time. */
import { expect } from 'chai';
import { untilPhase, eventually } from './launch.ts';
import { postgresOrSkip, type Postgres } from '#test/support/postgres.ts';
import type { JobEvent } from '#protocol/job-events.ts';
import { Follower } from './follower.ts';
import { MEMBERS, Pair, type Step } from './two-coordinators.ts';

type Kill = Readonly<{ phase: Step['phase']; after: 'the first' | 'the last' }>;

/** Where the one that has the job is killed, as soon as a message of the phase is acknowledged. */
const everywhere: readonly Kill[] = [
  ...(['enrolling', 'sharing', 'receiving', 'masking', 'confirming', 'unmasking', 'settling'] as const).map(
    (phase): Kill => ({ phase, after: 'the first' }),
  ),
  // It aggregates then, and posts.
  { phase: 'unmasking', after: 'the last' },
  { phase: 'settling', after: 'the last' },
];
const sample: readonly Kill[] = [{ phase: 'masking', after: 'the first' }];
const slow = process.env['TRIBUTARY_SLOW_TESTS'] === '1';
const kills = slow ? everywhere : sample;

describe('two coordinators on one database, their clocks ten minutes apart', function () {
  this.timeout(120_000);
  let server: Postgres | undefined;
  let pair: Pair;

  before(async function () {
    server = await postgresOrSkip(this);
    pair = await Pair.start(server);
  });
  after(async () => {
    await (pair as Pair | undefined)?.stop();
    await server?.stop();
  });

  const settledRound = async (job: number) => {
    const [left] = await Promise.all(
      pair.coordinators.map(({ api }) => untilPhase(api, { job, round: 1, attempt: 1 }, 'settled')),
    );
    return left;
  };

  it('take the messages of a round in turn, and settle it once', async () => {
    const { id, steps } = await pair.launch();
    const holder = await eventually(() => pair.holder());
    const followers = pair.coordinators.map(({ api }) => new Follower(api, id.job, null));
    for (const [index, step] of steps.entries()) await pair.deliver(step, index % 2 === 0 ? 0 : 1);
    const settled = await settledRound(id.job);
    expect(settled?.roster).to.have.length(MEMBERS);
    expect(settled?.inputs).to.have.length(MEMBERS);
    for (const { api } of pair.coordinators) {
      const next = await eventually(
        () => api.job(id.job),
        ({ round }) => round === 2,
      );
      expect(next).to.deep.equal({ job: id.job, state: 'active', round: 2, attempt: 1, rounds: 2 });
    }
    expect(await pair.postings(id.job)).to.equal(1);
    const [left, right] = await Promise.all(followers.map((follower) => follower.until(isNextRound)));
    expect(left?.slice(1)).to.deep.equal(right?.slice(1 + (right.length - left!.length)));
    expect(numbersOf(left!)).to.deep.equal(consecutive(left!));
    console.log(
      `      ${steps.length} messages to coordinators 0 and 1 in turn; ${holder} performed; settled once`,
    );
  });

  for (const { phase, after } of kills) {
    it(`lose nothing when the one that has the job is killed after ${after} message of ${phase}`, async () => {
      const { id, steps } = await pair.launch();
      const due = steps.filter((step) => step.phase === phase);
      const at = steps.indexOf((after === 'the first' ? due[0] : due.at(-1))!) + 1;
      for (const [index, step] of steps.slice(0, at - 1).entries())
        await pair.deliver(step, index % 2 === 0 ? 0 : 1);
      const victim = await eventually(() => pair.holder());
      const other = victim === 0 ? 1 : 0;
      const before = new Follower(pair.coordinators[victim].api, id.job, null);
      await before.until((event) => event.type === 'read-again');
      await pair.deliver(steps[at - 1]!, victim);
      // Whether it takes this one in or not, nobody learns: it is sent again.
      const underWay = steps[at]?.send(pair.coordinators[victim].api).catch(() => undefined);
      await pair.coordinators[victim].kill();
      await underWay;
      const seenBefore = before.stop();
      const resumed = new Follower(pair.coordinators[other].api, id.job, seenBefore.at(-1)?.id ?? null);
      for (const step of steps.slice(at)) await pair.deliver(step, other);
      const settled = await untilPhase(pair.coordinators[other].api, id, 'settled');
      for (const list of [settled.roster, settled.sharers, settled.inputs, settled.confirmations])
        expect(list).to.have.length(MEMBERS);
      expect(await eventually(() => pair.holder())).to.equal(other);
      expect(await pair.postings(id.job)).to.equal(1);
      await pair.restart(victim);
      const seen = await untilPhase(pair.coordinators[victim].api, id, 'settled');
      expect(seen.transaction).to.equal(settled.transaction);
      const all = [...seenBefore, ...(await resumed.until((event) => event.type === 'settled'))];
      expect(numbersOf(all)).to.deep.equal(consecutive(all));
      console.log(
        `      coordinator ${victim} killed in ${phase} after ${at} messages; ${other} settled, once; ${victim} is back`,
      );
    });
  }

  it('go on while the one that has the job stands still, and settle once though it comes to itself', async function () {
    if (!slow) {
      console.log('skipped: npm run test:slow plays it');
      return this.skip();
    }
    const { id, steps } = await pair.launch();
    for (const [index, step] of steps.entries()) {
      await pair.deliver(step, index % 2 === 0 ? 0 : 1);
      // The last but one: what follows is the posting.
      if (index === steps.length - 2) break;
    }
    const still = await eventually(() => pair.holder());
    const other = still === 0 ? 1 : 0;
    process.kill(pair.coordinators[still].pid, 'SIGSTOP');
    const stopped = Date.now();
    await pair.deliver(steps.at(-1)!, other);
    const settled = await untilPhase(pair.coordinators[other].api, id, 'settled');
    const seconds = Math.round((Date.now() - stopped) / 1000);
    process.kill(pair.coordinators[still].pid, 'SIGCONT');
    const seen = await untilPhase(pair.coordinators[still].api, id, 'settled');
    expect(seen.transaction).to.equal(settled.transaction);
    expect(await pair.postings(id.job)).to.equal(1);
    console.log(
      `      coordinator ${still} stopped before the posting; ${other} settled ${seconds} s later, once`,
    );
  });

  it('answer 503 and when to ask again while the database is away, and go on', async function () {
    const { crash } = server ?? {};
    if (!crash) {
      console.log('skipped: the server that TRIBUTARY_TEST_DATABASE_URL names is not ours to stop');
      return this.skip();
    }
    const { id, steps } = await pair.launch();
    const masking = steps.findIndex((step) => step.phase === 'masking');
    for (const step of steps.slice(0, masking)) await pair.deliver(step, 0);
    const away = new Set<string>();
    const down = crash().then(() => null);
    const [, second] = pair.coordinators;
    for (let back = false; !back;) {
      const { job, round, attempt } = id;
      const answer = await fetch(`${second.url}/v1/jobs/${job}/rounds/${round}/attempts/${attempt}`);
      await answer.body?.cancel();
      if (!answer.ok) away.add(`${answer.status} retry-after ${answer.headers.get('retry-after')}`);
      back = (await Promise.race([down, Promise.resolve(undefined)])) === null;
    }
    expect([...away]).to.deep.equal(['503 retry-after 5']);
    // Under load: all that is left is sent at once, to both.
    await inPhases(steps.slice(masking), (step, index) => pair.deliver(step, index % 2 === 0 ? 0 : 1));
    expect((await settledRound(id.job))?.inputs).to.have.length(MEMBERS);
    expect(await pair.postings(id.job)).to.equal(1);
    console.log(`      PostgreSQL killed and restarted in masking: ${[...away].join(', ')}; settled once`);
  });
});

const isNextRound = (event: JobEvent): boolean => event.type === 'phase' && event.round === 2;
const numbersOf = (events: readonly JobEvent[]) => events.map(({ id }) => Number(id.split('-')[1]));
/** From the first on: as `read-again` has the number of the last before. */
const consecutive = (events: readonly JobEvent[]) =>
  events.map((_, index) => (numbersOf(events)[0] ?? 0) + index);

/** All messages of a phase at once, one phase after the other. */
async function inPhases(
  steps: readonly Step[],
  deliver: (step: Step, index: number) => Promise<void>,
): Promise<void> {
  for (const phase of new Set(steps.map((step) => step.phase)))
    await Promise.all(steps.filter((step) => step.phase === phase).map(deliver));
}
