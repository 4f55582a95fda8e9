import { expect } from 'chai';
import { benchAt } from '../support/cohort.ts';
import { removeHomes, filesIn } from '../support/home.ts';
import { codes, next } from '../support/retry.ts';
import { domain, digestOfText } from '#test/support/cohort.ts';
import { eraseSpent } from '#client/steps/erase.ts';
import { updateKeyOf } from '#client/steps/retry.ts';

describe('erasing what is spent', () => {
  afterEach(removeHomes);

  it('leaves decisions and no secret of settled rounds, and spares later ones', async () => {
    const at = await benchAt('settling');
    const later = await next(at, { round: 2 });
    const [attempt] = at.attempts;
    const before = [...filesIn(at.homes[0]!).keys()];
    expect(before.filter((name) => name.endsWith('.sealed'))).to.have.length(6);
    const fresh = later.attempts[0]!;
    fresh.record.keep('keys', { channel: digestOfText('c'), mask: digestOfText('m') });

    eraseSpent(attempt!.journal, domain, 7, 1, 1);
    const left = [...filesIn(at.homes[0]!).keys()];
    expect(left.filter((name) => name.endsWith('.sealed'))).to.deep.equal([
      `journal/attempts/31337-${domain.escrow}/7/2/1/keys.sealed`,
    ]);
    expect(before.filter((name) => name.endsWith('.json')).every((name) => left.includes(name))).to.equal(
      true,
    );
    expect(attempt!.journal.update(updateKeyOf(attempt!))).to.equal(null);
    expect(attempt!.journal.sentInputs(1, attempt!.model.digest)).to.have.length(1);
    expect(attempt!.record.decided('verdict')?.kind).to.equal('confirm');

    eraseSpent(attempt!.journal, domain, 8, 1, Infinity);
    expect(fresh.record.secret('keys')).to.not.equal(null);
    eraseSpent(attempt!.journal, domain, 7, 1, Infinity);
    expect(fresh.record.secret('keys')).to.equal(null);
  });

  it('lets no second aggregation follow where a settled round is voided later', async () => {
    const at = await benchAt('settling');
    for (const { journal, dataset } of at.attempts) eraseSpent(journal, domain, 7, dataset, 1);
    const again = await next(at, { attempt: 2 });
    expect(await codes(again, [0, 1, 2])).to.deep.equal(Array(3).fill('retry/already-revealed'));
    expect(again.coordinator.enrolments).to.deep.equal([]);
  });
});
