import { expect } from 'chai';
import { updateKeyOf } from '#client/steps/retry.ts';
import { takeStep } from '#client/take-step.ts';
import type { Abort, Signed } from '#protocol/messages.ts';
import { digestOfText, signed } from '#test/support/cohort.ts';
import { benchAt, playUntil, show, type Bench } from '../support/cohort.ts';
import { removeHomes } from '../support/home.ts';
import { next, abortsBy, shownEarlier, codes } from '../support/retry.ts';

describe('another input for the same model', () => {
  afterEach(removeHomes);

  it('needs T aborts of the attempt in which the first was sent', async () => {
    const first = await benchAt('confirming');
    const second = await next(first);
    expect(await codes(second, [0])).to.deep.equal(['retry/no-aborts']);
    second.coordinator.earlier = shownEarlier(first, abortsBy(first, [1, 2, 3]));
    expect(await codes(second, [0]), 'one too few').to.deep.equal(['retry/no-aborts']);
    second.coordinator.earlier = shownEarlier(first, abortsBy(first, [1, 2, 3, 4]));
    expect(await codes(second, [0])).to.deep.equal([null]);
    expect(second.coordinator.enrolments).to.have.length(1);
  });

  const worthless: [string, (first: Bench) => Signed<Abort>[]][] = [
    ['repeat a member', (first) => abortsBy(first, [1, 2, 3, 3])],
    ['are by no members', (first) => abortsBy(first, [1, 2, 3, 9])],
    [
      'are not signed by their members',
      (first) =>
        abortsBy(first, [1, 2, 3, 4]).map(({ message }, at) => ({
          message,
          signature: abortsBy(first, [1, 1, 1, 1])[at]!.signature,
        })),
    ],
    [
      'are of another roster',
      (first) =>
        abortsBy(first, [1, 2, 3, 4]).map(({ message }) =>
          signed(message.member, 'Abort', { ...message, roster: digestOfText('x') }),
        ),
    ],
    [
      'are of another attempt',
      (first) =>
        abortsBy(first, [1, 2, 3, 4]).map(({ message }) =>
          signed(message.member, 'Abort', { ...message, attempt: 2 }),
        ),
    ],
  ];
  for (const [what, aborts] of worthless) {
    it(`is not permitted by aborts that ${what}`, async () => {
      const first = await benchAt('confirming');
      const second = await next(first);
      second.coordinator.earlier = shownEarlier(first, aborts(first));
      expect(await codes(second, [0])).to.deep.equal(['retry/no-aborts']);
    });
  }

  it('is held against the roster that was masked for, not the one that is shown', async () => {
    const first = await benchAt('confirming');
    const second = await next(first);
    const three = first.coordinator.enrolments.slice(0, 3);
    second.coordinator.earlier = [{ attempt: 1, roster: three, aborts: abortsBy(first, [0, 1, 2]) }];
    expect(await codes(second, [0])).to.deep.equal(['retry/no-aborts']);
  });

  for (const [what, id] of [
    ['another round', { round: 2 }],
    ['another job', { job: 8 }],
  ] as const) {
    it(`is refused in ${what} too, whatever aborts are shown there`, async () => {
      const first = await benchAt('confirming');
      const elsewhere = await next(first, id);
      elsewhere.coordinator.earlier = shownEarlier(first, abortsBy(first, [1, 2, 3, 4]));
      expect(await codes(elsewhere, [0])).to.deep.equal(['retry/no-aborts']);
      expect(elsewhere.coordinator.sent.filter(({ call }) => call === 'enrol')).to.deep.equal([]);
    });
  }

  it('is permitted in another job by aborts that were seen in the first', async () => {
    const first = await benchAt('confirming');
    await show(first, 'aborted', [0], { aborts: abortsBy(first, [1, 2, 3, 4]) });
    expect(await codes(await next(first, { job: 8 }), [0])).to.deep.equal([null]);
  });

  it('is looked for again before masking: an input may have been sent meanwhile', async () => {
    const first = await benchAt('masking');
    const other = await next(first, { job: 8 });
    await playUntil(other, 'masking');
    await show(first, 'masking', [0]);
    expect((await show(other, 'masking', [0]))[0]?.code).to.equal('retry/no-aborts');
    expect(other.coordinator.inputs).to.have.length(0);
  });

  it('is free where shares were dealt but no input was sent', async () => {
    const first = await benchAt('masking');
    expect(await codes(await next(first), [0])).to.deep.equal([null]);
  });

  it('masks the same quantised input, with other masks', async () => {
    const first = await benchAt('confirming');
    const before = first.attempts[0]!.journal.update(updateKeyOf(first.attempts[0]!))!.quantised;
    const second = await next(first);
    second.coordinator.earlier = shownEarlier(first, abortsBy(first, [0, 1, 2, 3, 4]));
    await playUntil(second, 'confirming');
    expect(second.coordinator.inputs).to.have.length(5);
    expect(second.attempts[0]!.journal.update(updateKeyOf(second.attempts[0]!))!.quantised).to.deep.equal(
      before,
    );
    expect(second.coordinator.vectors.get(0)).to.not.deep.equal(first.coordinator.vectors.get(0));
    expect(second.attempts[0]!.journal.sentInputs(1, second.attempts[0]!.model.digest)).to.have.length(2);
  });

  it('is refused where the quantised input is gone, or would be computed in another way', async () => {
    const first = await benchAt('confirming');
    const second = await next(first);
    second.coordinator.earlier = shownEarlier(first, abortsBy(first, [1, 2, 3, 4]));
    const [attempt] = second.attempts;
    const digests = { ...attempt!.job.digests, recipe: digestOfText('another recipe') };
    const other = { ...attempt!, job: { ...attempt!.job, digests } };
    expect((await takeStep(other, second.coordinator.view('announced')))?.code).to.equal('retry/other-input');
    attempt!.journal.eraseUpdates(1, attempt!.model.digest);
    expect(await codes(second, [0])).to.deep.equal(['retry/other-input']);
  });

  it('is refused for ever after shares of the first were opened', async () => {
    const first = await benchAt('unmasking');
    await show(first, 'unmasking', [0]);
    const second = await next(first);
    second.coordinator.earlier = shownEarlier(first, abortsBy(first, [1, 2, 3, 4]));
    expect(await codes(second, [0])).to.deep.equal(['retry/already-revealed']);
  });

  it('needs the aborts of every earlier attempt', async () => {
    const first = await benchAt('confirming');
    const second = await next(first);
    const earlier = shownEarlier(first, abortsBy(first, [0, 1, 2, 3, 4]));
    second.coordinator.earlier = earlier;
    await playUntil(second, 'confirming');
    const third = await next(first, { attempt: 3 });
    third.coordinator.earlier = earlier;
    expect(await codes(third, [0])).to.deep.equal(['retry/no-aborts']);
    third.coordinator.earlier = [...earlier, ...shownEarlier(second, abortsBy(second, [0, 1, 2, 3, 4]))];
    expect(await codes(third, [0])).to.deep.equal([null]);
  });
});
