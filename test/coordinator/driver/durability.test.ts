import { expect } from 'chai';
import { TributaryError } from '#crypto/error.ts';
import { announce } from '#coordinator/round/announced.ts';
import { cohort } from '#test/support/cohort.ts';
import { codeOf } from '../code-of.ts';
import { driverParts, performers, settle } from '../fakes.ts';
import {
  at,
  confirmations,
  enrolments,
  honestly,
  inputs,
  play,
  rulesOf,
  receipts,
  sharings,
  unmaskings,
} from '../fixtures.ts';
import { begun, id, isWaiting, members, never, resumedFrom, submitAll } from './driving.ts';

const full = new TributaryError('storage/full', 'no room');

describe('the driver', () => {
  it('has a state on disk before it answers, and before anyone sees it', async () => {
    const { driver, records } = await begun();
    const open = records.block();
    const answer = driver.submit(id, enrolments(members)[1]!);
    expect(await isWaiting(answer)).to.equal(true);
    expect(await driver.attemptView(id, null, 0, never)).to.deep.include({ phase: 'announced', revision: 1 });
    open();
    await answer;
    expect(records.saved(id)).to.deep.include({ revision: 2 });
    expect(records.saved(id)?.state.phase).to.equal('enrolling');
    expect(await driver.attemptView(id, null, 0, never)).to.deep.include({ phase: 'enrolling', revision: 2 });
  });

  it('keeps messages beside the state, once', async () => {
    const { driver, records } = await begun();
    await submitAll(driver, enrolments(members));
    const event = sharings(members)[1]!;
    if (event.type !== 'shares') throw new Error('not shares');
    const { ciphertexts } = event.upload;
    const message = { kind: 'ciphertexts', slot: 1, texts: ciphertexts } as const;
    await driver.submit(id, event, message);
    await driver.submit(id, event, message);
    const wanted = [{ dealer: 1, place: 2 }];
    expect(await records.deliveries(id, wanted)).to.deep.equal([{ dealer: 1, ciphertext: ciphertexts[2] }]);
  });

  it('takes events in the order of their arrival, all at once or one by one', async () => {
    const { driver } = await begun();
    await submitAll(driver, [
      ...enrolments(members),
      ...sharings(members),
      ...receipts(members),
      ...inputs(members),
      ...confirmations(members),
    ]);
    expect((await driver.attempt(id)).phase).to.equal('unmasking');
  });

  it('answers a refusal by its code and goes on', async () => {
    const { driver } = await begun();
    expect(await codeOf(driver.submit(id, inputs(members)[0]!))).to.equal('attempt/wrong-phase');
    await driver.submit(id, enrolments(members)[0]!);
    expect((await driver.attempt(id)).phase).to.equal('enrolling');
  });

  it('knows no attempt that was not announced', async () => {
    const { driver } = await begun();
    const other = { ...id, attempt: 2 };
    expect(await codeOf(driver.submit(other, enrolments(members)[0]!))).to.equal('attempt/unknown');
    expect(await codeOf(driver.attempt(other))).to.equal('attempt/unknown');
    expect(await codeOf(driver.attemptView(other, 0, 5, never))).to.equal('attempt/unknown');
    expect(await codeOf(driver.preview(other, enrolments(members)[0]!))).to.equal('attempt/unknown');
  });

  it('says beforehand whether a message would be new', async () => {
    const { driver } = await begun();
    const [first] = enrolments(members);
    expect(await driver.preview(id, first!)).to.equal(true);
    await driver.submit(id, first!);
    expect(await driver.preview(id, first!)).to.equal(false);
    expect(await codeOf(driver.preview(id, inputs(members)[0]!))).to.equal('attempt/wrong-phase');
  });
});

describe('the driver, when the disk fails', () => {
  it('loses nothing: the same message is accepted later', async () => {
    const { driver, records } = await begun();
    records.failNext(full, 'before');
    expect(await codeOf(driver.submit(id, enrolments(members)[0]!))).to.equal('storage/full');
    expect(await driver.attempt(id)).to.deep.include({ phase: 'announced' });
    await submitAll(driver, enrolments(members));
    expect((await driver.attempt(id)).phase).to.equal('sharing');
    expect(records.saved(id)?.state).to.deep.include({ roster: members.roster.root });
  });

  it('takes what did reach the disk as the truth, once that is durable', async () => {
    const { driver, records } = await begun();
    records.failNext(full, 'after');
    expect(await codeOf(driver.submit(id, enrolments(members)[0]!))).to.equal('storage/full');
    expect(records.flushes()).to.equal(0);
    await driver.submit(id, enrolments(members)[0]!);
    expect(records.flushes()).to.equal(1);
    expect(records.saved(id)).to.deep.include({ revision: 2 });
    await driver.submit(id, enrolments(members)[1]!);
    expect(records.flushes()).to.equal(1);
    expect(records.saved(id)?.state).to.have.property('enrolments').with.length(2);
  });

  it('keeps trying a deadline that could not be saved', async () => {
    const { driver, records, clock, log } = await resumedFrom(honestly(members, 'masking'));
    const { deadline } = await driver.attempt(id);
    records.failNext(full, 'before');
    await clock.advance(deadline - clock.now());
    expect((await driver.attempt(id)).phase).to.equal('masking');
    expect(log.lines).to.deep.include({
      level: 'error',
      facts: { code: 'storage/full', error: 'no room' },
      message: 'a deadline could not be kept; trying again',
    });
    await clock.advance(2);
    expect((await driver.attempt(id)).phase).to.equal('aborted');
  });
});

describe('deadlines', () => {
  it('end a phase by themselves, one after the other', async () => {
    const four = cohort({ n: 4 });
    const { driver, clock } = await begun(driverParts(), rulesOf(four));
    await Promise.all(
      enrolments(four)
        .slice(0, 3)
        .map((event) => driver.submit(four.id, event)),
    );
    await clock.advance(59);
    expect((await driver.attempt(id)).phase).to.equal('enrolling');
    await clock.advance(1);
    expect((await driver.attempt(id)).phase).to.equal('sharing');
    await clock.advance(20);
    expect((await driver.attempt(id)).phase).to.equal('aborted');
  });

  it('count though their timer is late: what comes then is too late', async () => {
    const { driver, clock } = await resumedFrom(honestly(members, 'sharing'));
    await driver.submit(id, sharings(members)[0]!);
    clock.set(at(5_000));
    expect(await codeOf(driver.submit(id, sharings(members)[1]!))).to.equal('attempt/wrong-phase');
    expect((await driver.attempt(id)).phase).to.equal('aborted');
  });

  it('leave no timer behind when a job is over or stopped', async () => {
    const { driver, clock } = await begun();
    expect(clock.timers()).to.equal(1);
    await driver.stop();
    expect(clock.timers()).to.equal(0);
    const ready = play(honestly(members, 'unmasking'), unmaskings(members));
    const setup = driverParts({
      performers: performers({ aggregate: async () => ({ type: 'failed', reason: 'a lie' }) }),
    });
    const over = await resumedFrom(ready, setup);
    await settle();
    expect(over.driver.view.state).to.equal('failed');
    expect(setup.clock.timers()).to.equal(0);
  });
});

describe('an announced attempt', () => {
  it('begins at revision 1, on disk', async () => {
    const { records } = await begun();
    expect(records.saved(id)).to.deep.equal(
      JSON.parse(JSON.stringify({ revision: 1, state: announce(rulesOf(members)) })),
    );
  });
});
