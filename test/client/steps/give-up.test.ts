import { expect } from 'chai';
import { bench, benchAt, playUntil, restarted, show } from '../support/cohort.ts';
import { removeHomes } from '../support/home.ts';
import { codeOf } from '../support/outcome.ts';
import { next, abortsBy, shownEarlier, codes } from '../support/retry.ts';
import { TributaryError } from '#crypto/error.ts';
import { giveUp } from '#client/steps/give-up.ts';
import { takeStep } from '#client/take-step.ts';

describe('giving an attempt up', () => {
  afterEach(removeHomes);

  it('is said once an attempt is aborted, so that a retry becomes possible', async () => {
    const first = await benchAt('confirming');
    await show(first, 'aborted');
    expect(
      first.coordinator.aborts.map(({ message }) => `${message.member} ${message.reason}`),
    ).to.deep.equal([0, 1, 2, 3, 4].map((member) => `${member} attempt/ended`));
    expect(first.coordinator.aborts[4]?.message).to.include({
      ...first.coordinator.id,
      member: 4,
      reason: 'attempt/ended',
    });
    const second = await next(first);
    second.coordinator.earlier = shownEarlier(first, first.coordinator.aborts);
    expect(await codes(second, [0, 1, 2, 3, 4])).to.deep.equal([null, null, null, null, null]);
  });

  it('is said of earlier attempts by who was away when they ended', async () => {
    const first = await benchAt('confirming');
    const second = await next(first);
    second.coordinator.earlier = shownEarlier(first, []);
    await show(second, 'announced', [2]);
    expect(second.coordinator.aborts[0]?.message).to.include({ attempt: 1, member: 2 });
  });

  it('is said of a roster that is shown for the first time, if it holds', async () => {
    const first = await benchAt('sharing');
    const second = await next(first);
    second.coordinator.earlier = shownEarlier(first, []);
    await show(second, 'announced', [0]);
    expect(second.coordinator.aborts).to.have.length(1);
    second.coordinator.earlier = [{ attempt: 1, roster: first.coordinator.enrolments.slice(2), aborts: [] }];
    await show(second, 'announced', [1]);
    expect(second.coordinator.aborts).to.have.length(1);
  });

  it('is not said of the present attempt because a view calls it an earlier one', async () => {
    const at = await benchAt('sharing');
    at.coordinator.earlier = [{ attempt: 1, roster: at.coordinator.enrolments, aborts: [] }];
    await show(at, 'enrolling', [0]);
    expect(at.coordinator.aborts).to.have.length(0);
    expect(at.attempts[0]!.record.decided('verdict')).to.equal(null);
  });

  it('is not said where it confirmed, opened shares, or was not there', async () => {
    const confirmed = await benchAt('confirming');
    await show(confirmed, 'confirming', [0]);
    await show(confirmed, 'aborted', [0]);
    expect(confirmed.coordinator.aborts).to.have.length(0);

    const opened = await bench();
    await playUntil(opened, 'unmasking', { sharing: [4] });
    await show(opened, 'unmasking', [4]);
    await show(opened, 'aborted', [4]);
    expect(opened.coordinator.aborts).to.have.length(0);

    const away = await bench();
    await show(away, 'aborted', [0]);
    await show(away, 'enrolling', [1]);
    await giveUp(away.attempts[1]!, null);
    expect(away.coordinator.aborts).to.have.length(0);
  });

  it('does not stand in the way where the coordinator refuses to hear it; no answer does', async () => {
    const first = await benchAt('confirming');
    const second = await next(first);
    second.coordinator.earlier = shownEarlier(first, abortsBy(first, [1, 2, 3, 4]));
    second.coordinator.onCall = (call) => {
      if (call === 'abort') throw new TributaryError('coordinator/unreachable', 'x');
    };
    expect(await codeOf(show(second, 'enrolling', [0]))).to.equal('coordinator/unreachable');
    second.coordinator.onCall = (call) => {
      if (call === 'abort') throw new TributaryError('attempt/wrong-phase', 'x');
    };
    expect(await codes(second, [0])).to.deep.equal([null]);
    expect(second.coordinator.enrolments).to.have.length(1);
  });

  it('is the same message after a restart, and excludes a confirmation', async () => {
    const at = await benchAt('confirming');
    await show(at, 'aborted', [0]);
    const again = restarted(at.attempts[0]!, at.homes[0]!);
    await takeStep(again, at.coordinator.view('confirming'));
    expect(at.coordinator.sent.map(({ call }) => call)).to.deep.equal(['abort', 'abort']);
    expect(at.coordinator.confirmations).to.have.length(0);
  });
});
