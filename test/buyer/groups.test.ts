/** Which datasets can train one model, and which of several such groups is taken. */
import { expect } from 'chai';
import { groupsOf } from '#buyer/choice/groups.ts';
import { classes, number, type Change } from './market.ts';
import { chooseFrom, ids, market, wanted, why } from './choices.ts';

describe('groups of datasets', () => {
  it('groups by the names and types of what is taken, whatever else a dataset has', () => {
    const text = { type: 'text', name: 'note', missing: true } as const;
    const listings = market([1n, 1n, 1n, 1n, 1n, 1n], {
      1: { columns: [number('b'), text, number('a')] },
      4: { columns: [number('a'), number('c')] },
      5: { label: classes('z', 'no', 'yes') },
      6: { label: { type: 'number', name: 'y', minimum: null, maximum: null } },
    });
    const found = chooseFrom(listings);
    expect(ids(found)).to.deep.equal([1, 2, 3]);
    expect(found.columns).to.deep.equal(['b', 'a']);
    expect(found.label).to.equal('y');
    expect(why(found)).to.deep.equal({
      4: 'its columns are not those of the others',
      5: 'its columns are not those of the others',
      6: 'its label y is a number, the model gives a class',
    });
    const named = chooseFrom(listings, {}, { ...wanted, label: 'y', columns: ['a'] });
    expect(ids(named)).to.deep.equal([1, 2, 3, 4]);
    expect(named.columns).to.deep.equal(['a']);
    expect(why(named)[5]).to.equal('its label is z, not y');
    const missing = chooseFrom(listings, {}, { ...wanted, label: 'y', columns: ['a', 'b'] });
    expect(missing.columns).to.deep.equal(['a', 'b']);
    expect(why(missing)[4]).to.equal('it has no column b that the model can take');
    expect(() => chooseFrom(listings, {}, { ...wanted, columns: ['note'] }))
      .to.throw()
      .with.property('code', 'choice/no-datasets');
    expect(groupsOf(listings, { ...wanted, types: ['category'] }).leftOut).to.deep.include({
      dataset: 2,
      why: 'it has no column that the model can take',
    });
  });

  it('prefers more owners, then more rounds, then less cost', () => {
    const other: Change = { columns: [number('q')] };
    const prices = [9n, 9n, 9n, 2n, 2n, 2n];
    expect(ids(chooseFrom(market(prices, { 4: other, 5: other, 6: other })))).to.deep.equal([4, 5, 6]);
    const more = market([9n, 9n, 9n, 9n, 2n, 2n, 2n], { 5: other, 6: other, 7: other });
    expect(ids(chooseFrom(more))).to.deep.equal([1, 2, 3, 4]);
    const rounds = market(prices, { 4: other, 5: other, 6: { ...other, policy: { maximumRounds: 11 } } });
    expect(ids(chooseFrom(rounds, { rounds: null }))).to.deep.equal([1, 2, 3]);
  });
});
