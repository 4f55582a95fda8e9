import { expect } from 'chai';
import { driverParts } from '../fakes.ts';
import { enrolments, honestly, inputs, sharings } from '../fixtures.ts';
import { begun, id, isWaiting, members, never, resumedFrom, submitAll } from './driving.ts';

describe('a long poll', () => {
  it('is answered at once where there is news already', async () => {
    const { driver } = await begun();
    expect(await driver.attemptView(id, 0, 20, never)).to.deep.include({ revision: 1 });
  });

  it('is woken by a change', async () => {
    const { driver } = await begun();
    const poll = driver.attemptView(id, 1, 20, never);
    expect(await isWaiting(poll)).to.equal(true);
    await driver.submit(id, enrolments(members)[0]!);
    expect(await poll).to.deep.include({ revision: 2, phase: 'enrolling' });
  });

  it('is answered with what is there when its time is over, its reader gone, or the driver stops', async () => {
    const { driver, clock } = await begun();
    const poll = driver.attemptView(id, 1, 20, never);
    await clock.advance(19);
    expect(await isWaiting(poll)).to.equal(true);
    await clock.advance(1);
    expect(await poll).to.deep.include({ revision: 1 });
    const gone = new AbortController();
    const second = driver.attemptView(id, 1, 20, gone.signal);
    gone.abort();
    expect(await second).to.deep.include({ revision: 1 });
    const third = driver.attemptView(id, 1, 20, never);
    await driver.stop();
    expect(await third).to.deep.include({ revision: 1 });
  });
});

describe('the test hook', () => {
  it('stands still once the phase is on disk, says so once, and answers nobody', async () => {
    const setup = driverParts({ hold: { phase: 'sharing', round: null } });
    const { driver, held, records } = await begun(setup);
    const [first, second, third] = enrolments(members).map((event) => driver.submit(id, event));
    await Promise.all([first, second]);
    expect(await isWaiting(third!)).to.equal(true);
    expect(held).to.deep.equal(['held: sharing round 1']);
    expect(records.saved(id)?.state.phase).to.equal('sharing');
    for (const request of [
      driver.submit(id, sharings(members)[0]!),
      driver.attemptView(id, null, 0, never),
      driver.attempt(id),
      driver.preview(id, sharings(members)[0]!),
    ]) {
      expect(await isWaiting(request)).to.equal(true);
    }
    await driver.stop();
    expect(held.length).to.equal(1);
  });

  it('holds the round that it names and no other', async () => {
    const { held, driver } = await begun(driverParts({ hold: { phase: 'sharing', round: 2 } }));
    await submitAll(driver, enrolments(members));
    expect(held).to.deep.equal([]);
    const named = await begun(driverParts({ hold: { phase: 'enrolling', round: 1 } }));
    expect(await isWaiting(named.driver.submit(id, enrolments(members)[0]!))).to.equal(true);
    expect(named.held).to.deep.equal(['held: enrolling round 1']);
  });

  it('does not hold a phase that was entered before the start', async () => {
    const setup = driverParts({ hold: { phase: 'masking', round: null } });
    const { driver, held } = await resumedFrom(honestly(members, 'masking'), setup);
    await driver.submit(id, inputs(members)[0]!);
    expect(held).to.deep.equal([]);
  });
});
