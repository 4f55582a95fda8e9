/** What the server’s optimiser keeps, corrupted before hashing. protocol.md §6.3 */
import { expect } from 'chai';
import { putOptimiser } from '#model/optimiser-store.ts';
import { toDecimal } from '#protocol/units.ts';
import { corrupted } from './corrupt.ts';
import { expectNamed } from './named.ts';
import { faults } from './found.ts';
import { honestLineage, type Lineage } from './lineage.ts';

describe('an optimiser’s state corrupted before hashing', () => {
  const [rate, tau] = [toDecimal(0.1), toDecimal(0.001)];
  const adam = {
    name: 'fedAdam',
    learningRate: rate,
    beta1: toDecimal(0.9),
    beta2: toDecimal(0.99),
    tau,
  } as const;
  let kept: Lineage;
  before(async () => {
    kept = await honestLineage(adam);
  });
  const zeros = () => {
    const { dimension } = kept.job.parameters;
    return { momentum: new Float64Array(dimension), secondMoment: new Float64Array(dimension).fill(1e-6) };
  };

  it('is right in the honest job', async () => {
    expect(await faults(await corrupted(kept, 2, () => ({})))).to.deep.equal([]);
  });

  it('is named where another state is left than the aggregate gives', () =>
    expectNamed(
      kept,
      2,
      async () => {
        const other = await putOptimiser(kept.store, zeros());
        return { manifest: (lied) => ({ ...lied, optimiserAfter: other }) };
      },
      { check: 'model.transition', code: 'model/optimiser-state', at: 'modelAfter' },
    ));

  it('is named where the model goes on from another state than the round before left', () =>
    expectNamed(
      kept,
      2,
      async ({ previous }) => {
        const state = zeros();
        const optimiser = { cid: await putOptimiser(kept.store, state), state };
        return { previous: previous && { ...previous, optimiser } };
      },
      { check: 'lineage.optimiser-before', code: 'lineage/optimiser-before', at: 'optimiserBefore' },
    ));
});
