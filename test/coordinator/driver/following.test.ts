import { expect } from 'chai';
import { TributaryError } from '#crypto/error.ts';
import { JobDriver } from '#coordinator/driver/job-driver.ts';
import type { InnerEvent, MessageEvent } from '#coordinator/round/attempt.ts';
import type { AttemptRules } from '#coordinator/round/base.ts';
import { codeOf } from '../code-of.ts';
import { cohort } from '#test/support/cohort.ts';
import { driverParts, performers, settle } from '../fakes.ts';
import {
  abortOf,
  at,
  confirmations,
  digestOfText,
  drawOf,
  honestly,
  inPhase,
  inputs,
  play,
  resultOf,
  rulesOf,
  unmaskings,
} from '../fixtures.ts';
import { save } from '../store/save.ts';
import { id, members, never, resumedFrom, submitAll } from './driving.ts';

describe('a restart', () => {
  it('goes on with the same attempt and roster, and gives the phase its time again', async () => {
    const state = inPhase(honestly(members, 'masking'), 'masking');
    const setup = driverParts();
    setup.clock.set(at(90_000));
    const { driver, records } = await resumedFrom(state, setup);
    expect(driver.view).to.deep.equal({ job: 7, state: 'active', round: 1, attempt: 1, rounds: 2 });
    expect(await driver.attempt(id)).to.deep.equal({ ...state, deadline: at(90_000 + 30) });
    expect(records.saved(id)?.state.deadline).to.equal(at(90_030));
    await submitAll(driver, inputs(members));
    expect((await driver.attempt(id)).phase).to.equal('confirming');
  });

  it('does again what the state asks for', async () => {
    const asked: string[] = [];
    const setup = driverParts({
      performers: performers({
        aggregate: async (state): Promise<InnerEvent> => {
          asked.push(`aggregate ${state.unmaskings.length}`);
          return { type: 'aggregated', result: resultOf(members) };
        },
        sweep: async (state) => void asked.push(`sweep ${state.phase}`),
      }),
    });
    const { driver } = await resumedFrom(play(honestly(members, 'unmasking'), unmaskings(members)), setup);
    await settle();
    expect(asked).to.deep.equal(['aggregate 3', 'sweep settling']);
    expect((await driver.attempt(id)).phase).to.equal('settling');
  });

  it('is refused where the attempt is gone from the database', async () => {
    const { parts } = driverParts();
    const job = { job: 7, state: 'active', rounds: 2, round: 1, attempt: 1 } as const;
    expect(await codeOf(JobDriver.resume(parts, job))).to.equal('database/damaged');
  });
});

describe('what follows an attempt', () => {
  const next = (changes: Partial<AttemptRules['expected']>): AttemptRules => {
    const rules = rulesOf(members);
    return { ...rules, expected: { ...rules.expected, ...changes } };
  };
  const settling = honestly(members, 'settling');
  const posting = play(settling, [{ type: 'deadline' }], settling.deadline);
  const settled: InnerEvent = { type: 'settled', transaction: digestOfText('transaction') };
  const aborting: readonly MessageEvent[] = [abortOf(members, 1)];

  it('a settled round is followed by the next, on its new model', async () => {
    const model = digestOfText('model after');
    const asked: object[] = [];
    const announced = async (place: object) => {
      asked.push(place);
      return next({ round: 2, model });
    };
    const setup = driverParts({
      performers: performers({ settle: async () => settled, announce: announced }),
    });
    const { driver, records } = await resumedFrom(posting, setup);
    await settle();
    expect(asked).to.deep.equal([{ job: 7, round: 2, attempt: 1 }]);
    expect(driver.view).to.deep.include({ state: 'active', round: 2, attempt: 1 });
    const second = { job: 7, round: 2, attempt: 1 };
    expect(await driver.attemptView(second, null, 0, never)).to.deep.include({
      phase: 'announced',
      model,
      earlier: [],
    });
    expect(records.saved(id)?.state).to.deep.include({
      phase: 'settled',
      transaction: digestOfText('transaction'),
    });
    expect(await driver.attemptView(id, null, 0, never)).to.deep.include({ phase: 'settled' });
  });

  it('the last round ends the job, and nobody is asked for another', async () => {
    const setup = driverParts({ performers: performers({ settle: async () => settled }) });
    const job = { job: 7, state: 'active', rounds: 1, round: 1, attempt: 1 } as const;
    await save(setup.records, { job, attempts: [{ revision: 3, state: posting }], message: null });
    const driver = await JobDriver.resume(setup.parts, job);
    await settle();
    expect(driver.view.state).to.equal('finished');
    expect(await setup.records.jobs()).to.deep.equal([{ ...job, state: 'finished' }]);
    expect((await driver.attempt(id)).phase).to.equal('settled');
    const again = await JobDriver.resume(setup.parts, job);
    expect(again.view.state).to.equal('finished');
  });

  it('an aborted attempt is followed by another of the same round, which shows its aborts', async () => {
    const setup = driverParts({ performers: performers({ announce: async (place) => next(place) }) });
    const { driver } = await resumedFrom(honestly(members, 'confirming'), setup);
    await submitAll(driver, aborting);
    await settle();
    const second = { ...id, attempt: 2 };
    expect(driver.view).to.deep.include({ round: 1, attempt: 2 });
    const view = await driver.attemptView(second, null, 0, never);
    expect(view.earlier.map(({ attempt, aborts }) => [attempt, aborts.length])).to.deep.equal([[1, 1]]);
    expect(view.earlier[0]?.roster).to.deep.equal(members.enrolments);
  });

  it('a late abort of an ended attempt is kept, and is news to readers of the present one', async () => {
    const setup = driverParts({ performers: performers({ announce: async (place) => next(place) }) });
    const { driver, records } = await resumedFrom(honestly(members, 'confirming'), setup);
    await submitAll(driver, aborting);
    await settle();
    const second = { ...id, attempt: 2 };
    const { revision } = await driver.attemptView(second, null, 0, never);
    const poll = driver.attemptView(second, revision, 20, never);
    await driver.submit(id, abortOf(members, 2));
    const view = await poll;
    expect(view.revision).to.equal(revision + 1);
    expect(view.earlier[0]?.aborts.map(({ message }) => message.member)).to.deep.equal([1, 2]);
    expect(records.saved(id)?.state).to.have.property('aborts').with.length(2);
    expect(records.saved(second)?.revision).to.equal(revision + 1);
    await driver.submit(id, abortOf(members, 2));
    expect(records.saved(second)?.revision).to.equal(revision + 1);
    expect(await codeOf(driver.submit(id, confirmations(members)[0]!))).to.equal('attempt/wrong-phase');
    expect(await driver.attemptView(id, null, 0, never)).to.deep.include({ phase: 'aborted', earlier: [] });
  });

  it('is announced once, though the disk failed after it had been written', async () => {
    const setup = driverParts();
    let asked = 0;
    const announcing = performers({
      async announce(place) {
        if (asked === 0) setup.records.failNext(new TributaryError('storage/full', 'no room'), 'after');
        return { ...next(place), announcedAt: at(1_000 + asked++) };
      },
    });
    const ended = play(honestly(members, 'confirming'), aborting);
    const { driver, records, clock } = await resumedFrom(ended, {
      ...setup,
      parts: { ...setup.parts, performers: announcing },
    });
    await settle();
    expect(driver.view.attempt).to.equal(1);
    await clock.advance(1);
    expect(asked).to.equal(2);
    expect(driver.view.attempt).to.equal(2);
    expect(records.saved({ ...id, attempt: 2 })?.state.rules.announcedAt).to.equal(at(1_000));
  });

  it('a job that the chain ends is finished', async () => {
    const setup = driverParts({ performers: performers({ announce: async () => null }) });
    const { driver } = await resumedFrom(honestly(members, 'confirming'), setup);
    await submitAll(driver, aborting);
    await settle();
    expect(driver.view).to.deep.include({ state: 'finished', attempt: 1 });
  });

  it('a failed attempt ends its job: it is never run again', async () => {
    const asked: string[] = [];
    const setup = driverParts({
      performers: performers({
        aggregate: async () => ({ type: 'failed', reason: 'member 1 lied' }),
        announce: async () => (asked.push('announce'), null),
        sweep: async ({ phase }) => void asked.push(`sweep ${phase}`),
      }),
    });
    const { driver, records } = await resumedFrom(
      play(honestly(members, 'unmasking'), unmaskings(members)),
      setup,
    );
    await settle();
    expect(driver.view.state).to.equal('failed');
    expect(await driver.attemptView(id, null, 0, never)).to.deep.include({
      phase: 'failed',
      reason: 'member 1 lied',
    });
    expect((await records.jobs())[0]?.state).to.equal('failed');
    expect(asked).to.deep.equal(['sweep failed']);
  });

  it('looks at the chain again, ever later, until that is where the attempt can go on', async () => {
    const sparse = cohort({ n: 8, draw: drawOf(6, 5) });
    let [looks, ready] = [0, false];
    const setup = driverParts({
      performers: performers({
        commitRoster: async () => {
          looks += 1;
          return ready ? { type: 'drawn', draw: drawOf(6, 5) } : null;
        },
      }),
    });
    const { driver, log, clock } = await resumedFrom(honestly(sparse, 'drawing'), setup);
    await settle();
    expect(looks).to.equal(1);
    for (let second = 0; second < 20; second++) await clock.advance(1);
    expect(looks).to.be.within(6, 12);
    ready = true;
    await clock.advance(4);
    expect((await driver.attempt(sparse.id)).phase).to.equal('sharing');
    expect(log.lines.filter(({ level }) => level === 'warn')).to.deep.equal([]);
  });

  it('of a sparse attempt begins when the chain holds how that ended', async () => {
    const sparse = cohort({ n: 8, draw: drawOf(6, 5) });
    const done: string[] = [];
    const setup = driverParts({
      performers: performers({
        fixSurvivors: async ({ phase }) => (done.push(phase), { type: 'chain-aborted' }),
        abortOnChain: async ({ phase }) => (done.push(phase), { type: 'chain-aborted' }),
        announce: async (place) => next(place),
      }),
    });
    const { driver } = await resumedFrom(honestly(sparse, 'agreeing'), setup);
    await settle();
    expect(done).to.deep.equal(['agreeing']);
    expect(driver.view.attempt).to.equal(2);
    const again = await resumedFrom(
      play(honestly(sparse, 'drawing'), [{ type: 'given-up', reason: 'why' }]),
      setup,
    );
    await settle();
    expect(done).to.deep.equal(['agreeing', 'aborted']);
    expect(again.driver.view.attempt).to.equal(2);
  });

  it('is tried again where it could not be done, and settles without a quorum that was refused', async () => {
    const tries: (boolean | string)[] = [];
    const away = new TributaryError('chain/unreachable', 'no chain');
    const setup = driverParts({
      performers: performers({
        settle: async ({ quorum }): Promise<InnerEvent> => {
          tries.push(quorum !== null);
          if (tries.length === 1) throw away;
          return quorum ? { type: 'quorum-refused' } : settled;
        },
      }),
    });
    const quorum = { attestations: [], approval: '0x22' } as const;
    const { driver, log, clock } = await resumedFrom(
      { ...inPhase(posting, 'settling'), step: 'posting', quorum },
      setup,
    );
    await settle();
    expect(tries).to.deep.equal([true]);
    await clock.advance(1);
    expect(tries).to.deep.equal([true, true, false]);
    expect((await driver.attempt(id)).phase).to.equal('settled');
    expect(log.lines.filter(({ level }) => level === 'warn').map(({ facts }) => facts)).to.deep.equal([
      { ...id, effect: 'settle', code: 'chain/unreachable', error: 'no chain' },
    ]);
  });
});
