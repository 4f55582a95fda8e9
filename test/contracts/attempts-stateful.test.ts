import { expect } from 'chai';
import fc from 'fast-check';
import { Outcome } from '#contracts/bindings/training-escrow.ts';
import { patience, runs } from '#test/support/runs.ts';
import { attemptsOf } from './attempt.ts';
import { activeJob } from './job.ts';
import { startWorld, type World } from './world.ts';

const ROUNDS = [1, 2];
const ATTEMPTS = [1, 2, 3, 4];
const TIMEOUT = 50;

/** Mostly the round and attempt that it makes sense for; of five one is anywhere. */
const of = {
  stray: fc.nat(4),
  round: fc.constantFrom(...ROUNDS),
  attempt: fc.constantFrom(...ATTEMPTS),
};
const action = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('commit' as const), ...of }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('fix' as const), ...of }) },
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constant('abort' as const), ...of, stranger: fc.boolean() }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('settle' as const), ...of }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('wait' as const), seconds: fc.constantFrom(20, 60) }),
  },
);
type Action = typeof action extends fc.Arbitrary<infer T> ? T : never;
type Step = Exclude<Action, { kind: 'wait' }>;

/** What must be true of the chain, said in another way than the contract says it: every attempt has its own outcome. */
class Ghost {
  readonly outcomes = new Map<string, number>();
  readonly since = new Map<string, number>();
  posted = 0;

  of(round: number, attempt: number): number {
    return this.outcomes.get(`${round}/${attempt}`) ?? Outcome.None;
  }

  last(round: number): number {
    return Math.max(0, ...ATTEMPTS.filter((attempt) => this.of(round, attempt) !== Outcome.None));
  }

  aim(step: Step): Step {
    if (step.stray === 0) return step;
    const round = Math.min(this.posted + 1, ROUNDS.length);
    const last = this.last(round);
    const after = step.kind === 'commit' || this.of(round, last) === Outcome.Aborted;
    return { ...step, round, attempt: Math.min(Math.max(1, after ? last + 1 : last), ATTEMPTS.length) };
  }

  /** @returns whether the chain must admit it */
  play(next: Step, now: number): boolean {
    const { round, attempt } = next;
    const key = `${round}/${attempt}`;
    const others = ATTEMPTS.filter((other) => this.of(round, other) !== Outcome.None);
    const running = this.of(round, attempt) === Outcome.Committed;
    const end = (outcome: number) => this.outcomes.set(key, outcome);
    switch (next.kind) {
      case 'commit': {
        const free = others.every((other) => this.of(round, other) === Outcome.Aborted && other < attempt);
        if (round !== this.posted + 1 || !free) return false;
        this.since.set(key, now);
        return Boolean(end(Outcome.Committed));
      }
      case 'fix':
        return running && Boolean(end(Outcome.Survivors));
      case 'abort': {
        const allowed = !next.stranger || now >= (this.since.get(key) ?? 0) + TIMEOUT;
        return running && allowed && Boolean(end(Outcome.Aborted));
      }
      case 'settle': {
        const last = this.last(round);
        const agreed =
          last === 0 ||
          (attempt === last && this.of(round, last) === Outcome.Survivors) ||
          (attempt > last && this.of(round, last) === Outcome.Aborted);
        if (round !== this.posted + 1 || !agreed) return false;
        this.posted = round;
        return true;
      }
    }
  }
}

describe('random steps of attempts', function () {
  this.timeout(patience(60_000));
  let world: World;
  before(async () => void (world = await startWorld()));
  after(() => world.stop());

  it('end each attempt once, and leave a round at most one with survivors', () =>
    fc.assert(
      fc.asyncProperty(fc.array(action, { minLength: 15, maxLength: 30 }), async (actions) => {
        await world.reset();
        const job = await activeJob(world, { rounds: ROUNDS.length, seats: [{ price: 1n, units: 2 }] });
        const attempts = attemptsOf(world, job);
        const send = ({ kind, round, attempt, ...rest }: Step) => {
          if (kind === 'commit') return attempts.commit(round, attempt);
          if (kind === 'fix') return attempts.fix(round, attempt);
          if (kind === 'settle') return attempts.settled(round, attempt);
          const stranger = 'stranger' in rest && rest.stranger;
          return attempts.abort(round, attempt, stranger ? world.stranger : world.coordinator);
        };
        const ghost = new Ghost();
        for (const next of actions) {
          const now = (await world.chain.now()) + 1;
          if (next.kind === 'wait') {
            await world.chain.mineAt(now + next.seconds);
            continue;
          }
          const step = ghost.aim(next);
          const admitted = await send(step).then(
            () => true,
            () => false,
          );
          expect(admitted, JSON.stringify(step)).to.equal(ghost.play(step, now));
          await expectSame(attempts, ghost);
        }
      }),
      { numRuns: runs(4, 40), seed: 6_031 },
    ));

  async function expectSame(attempts: ReturnType<typeof attemptsOf>, ghost: Ghost): Promise<void> {
    for (const round of ROUNDS) {
      const found = await Promise.all(ATTEMPTS.map((attempt) => attempts.attemptOf(round, attempt)));
      const outcomes = found.map(({ outcome }) => outcome);
      expect(outcomes).to.deep.equal(ATTEMPTS.map((attempt) => ghost.of(round, attempt)));
      expect(outcomes.filter((outcome) => outcome === Outcome.Survivors)).to.have.lengthOf.at.most(1);
      expect(outcomes.filter((outcome) => outcome === Outcome.Committed)).to.have.lengthOf.at.most(1);
      const withSurvivors = found.map(({ survivors }) => BigInt(survivors) > 0n);
      expect(withSurvivors).to.deep.equal(outcomes.map((outcome) => outcome === Outcome.Survivors));
    }
  }
});
