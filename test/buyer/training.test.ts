/** How a designed job trains: defaults, and what a buyer may set. */
import { expect } from 'chai';
import { designJob, type Wishes } from '#buyer/design/design.ts';
import { parseTopology } from '#model/topology.ts';
import { checkParameters } from '#crypto/parameters.ts';
import { number } from './market.ts';
import { dataset, tabular, wishes } from './wishes.ts';
import { codeOf } from './stage.ts';

describe('the training of a designed job', () => {
  it('trains by defaults, each of which can be set', async () => {
    const design = (training: Wishes['training']) =>
      designJob(wishes({ training }), ['a'], 'y', [dataset([number('a')])]);
    const plain = await design({});
    expect(plain.recipe).to.deep.include({
      optimiser: { name: 'adam', beta1: '0.9', beta2: '0.999', epsilon: '1e-7' },
      learningRate: { schedule: 'constant', rate: '0.01' },
      local: { unit: 'epochs', count: 4 },
      batchSize: 32,
      proximal: '0',
      server: { name: 'fedAvg', learningRate: '1' },
      metrics: ['accuracy', 'balancedAccuracy', 'macroF1', 'logLoss'],
    });
    expect(plain.aggregation).to.deep.equal({
      bits: 16,
      clip: '2',
      range: '2',
      chunkWords: 64,
      rounding: 'nearest',
      sparse: { above: 100, corruption: '0.05', dropout: '0.05' },
    });
    const set = await design({
      optimiser: 'rmsprop',
      learningRate: 0.5,
      localEpochs: 2,
      batchSize: 8,
      proximal: 0.1,
      server: 'fedAdam',
      clip: 3,
    });
    expect(set.recipe).to.deep.include({
      optimiser: { name: 'rmsprop', decay: '0.9', momentum: '0', epsilon: '1e-7' },
      learningRate: { schedule: 'constant', rate: '0.5' },
      local: { unit: 'epochs', count: 2 },
      batchSize: 8,
      proximal: '0.1',
      server: { name: 'fedAdam', learningRate: '0.01', beta1: '0.9', beta2: '0.99', tau: '0.001' },
    });
    expect(set.aggregation).to.include({ clip: '3', range: '3' });
    expect((await design({ optimiser: 'sgd' })).recipe.learningRate).to.deep.include({ rate: '0.05' });
    expect((await design({ server: 'fedAvgM', serverLearningRate: 0.7 })).recipe.server).to.deep.equal({
      name: 'fedAvgM',
      learningRate: '0.7',
      momentum: '0.9',
    });
    expect((await design({ server: 'fedYogi' })).recipe.server).to.include({
      name: 'fedYogi',
      learningRate: '0.01',
    });
    expect(await codeOf(design({ learningRate: 0 }))).to.equal('design/bad-recipe');
    expect(await codeOf(design({ localEpochs: 0 }))).to.equal('design/bad-recipe');
  });

  it('cuts a large vector into some 64 chunks, within what the grid allows', async () => {
    const many = Array.from({ length: 300 }, (_, at) => number(`p${at}`));
    const { topology, aggregation } = await designJob(
      wishes({ model: { ...tabular, hidden: 400 } }),
      many.map(({ name }) => name),
      'y',
      [dataset(many)],
    );
    const { dimension } = parseTopology(topology);
    expect(dimension).to.equal(120_801);
    expect(aggregation.chunkWords).to.equal(2_048);
    checkParameters({ ...aggregation, clip: 2, range: 2, dimension, maxWeight: 1 });
  });
});
