/** The aggregation block of a job, read and written. */
import { expect } from 'chai';
import { TributaryError } from '#crypto/error.ts';
import { fromParameters, sparseByDefault, toParameters, toSparseTerms } from '#protocol/aggregation.ts';
import { toDecimal } from '#protocol/units.ts';

const parameters = { bits: 16, clip: 1, range: 0.5, dimension: 21, maxWeight: 4, chunkWords: 8 };
const adversity = { above: 40, corruption: 0.1, dropout: 0.2 };

function codeOf(read: () => unknown): string | null {
  try {
    read();
    return null;
  } catch (error) {
    if (error instanceof TributaryError) return error.code;
    throw error;
  }
}

describe('the aggregation block', () => {
  it('comes back as it went in', () => {
    const block = fromParameters(parameters, 'stochastic', adversity);
    expect(block).to.include({ version: 2, rounding: 'stochastic' });
    expect(toParameters(block)).to.deep.equal(parameters);
    expect(toSparseTerms(block)).to.deep.equal(adversity);
  });

  it('has the complete graph and nearest rounding unless it asks for more', () => {
    const block = fromParameters(parameters);
    expect(block).to.include({ rounding: 'nearest', sparse: null });
    expect(toSparseTerms(block)).to.equal(null);
  });

  it('is sparse above 100 by default, at 5 % and 5 %', () => {
    const block = { ...fromParameters(parameters), sparse: sparseByDefault };
    expect(toSparseTerms(block)).to.deep.equal({ above: 100, corruption: 0.05, dropout: 0.05 });
  });

  it('refuses parameters out of range', () => {
    expect(codeOf(() => toParameters({ ...fromParameters(parameters), clip: toDecimal(0) }))).to.match(
      /^parameters\//,
    );
  });

  it('takes corruption from 0.05 to 0.3 and dropout from 0.01 to 0.4', () => {
    const read = (change: object) =>
      codeOf(() => toSparseTerms(fromParameters(parameters, 'nearest', { ...adversity, ...change })));
    for (const corruption of [0.05, 0.3]) expect(read({ corruption })).to.equal(null);
    for (const dropout of [0.01, 0.4]) expect(read({ dropout })).to.equal(null);
    for (const corruption of [0, 0.049, 0.31]) expect(read({ corruption })).to.equal('parameters/adversity');
    for (const dropout of [0, 0.009, 0.41]) expect(read({ dropout })).to.equal('parameters/adversity');
  });
});
