/** From a few wishes to a whole job: features, labels, models, defaults. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { designJob } from '#buyer/design/design.ts';
import { layersOf, schemaFor, type TemplateRequest } from '#buyer/design/request.ts';
import type { Column } from '#datasets/columns.ts';
import { tabularClassifier, textBag } from '#model/templates.ts';
import { parseTopology } from '#model/topology.ts';
import { toDecimal } from '#protocol/units.ts';
import { classes, number } from './market.ts';
import { dataset, tabular, wishes } from './wishes.ts';
import { codeOf } from './stage.ts';

const category = (name: string, vocabulary: string[], missing = false): Column => ({
  type: 'category',
  name,
  vocabulary,
  missing,
});

describe('the design of a job', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tributary-design-'));
  });
  after(() => rm(folder, { recursive: true, force: true }));
  const held = async (name: string, text: string) => {
    const file = join(folder, name);
    await writeFile(file, text);
    return file;
  };

  it('scales numbers by the bounds of all owners, to −1 … 1', async () => {
    const { recipe } = await designJob(wishes(), ['b', 'a'], 'y', [
      dataset([number('a', 0, 10), number('b', -1, 1)]),
      dataset([number('b', -3, 2), { ...number('a', 4, 30), missing: true }]),
    ]);
    expect(recipe.features).to.deep.equal([
      { type: 'number', name: 'b', centre: '-0.5', scale: '2.5', missing: 'refuse' },
      { type: 'number', name: 'a', centre: '15', scale: '15', missing: 'centre' },
    ]);
    expect(recipe.label).to.deep.equal({ type: 'class', name: 'y', classes: ['no', 'yes'] });
  });

  it("scales them by the buyer's rows where it has some, and needs no bounds then", async () => {
    const heldOut = await held('rows.csv', 'a,b,y\n1,7,no\n3,7,yes\n,7,no\n8,7,yes\n');
    const without = [dataset([number('a', null, null), number('b', 0, null)])];
    const { recipe } = await designJob(wishes({ heldOut }), ['a', 'b'], 'y', without);
    // Mean 4, variance (9 + 1 + 16) / 3; b does not vary.
    expect(recipe.features).to.deep.equal([
      { type: 'number', name: 'a', centre: '4', scale: '2.94392', missing: 'refuse' },
      { type: 'number', name: 'b', centre: '7', scale: '1', missing: 'refuse' },
    ]);
    expect(await codeOf(designJob(wishes(), ['a'], 'y', without))).to.equal('design/no-bounds');
    expect(await codeOf(designJob(wishes(), ['b'], 'y', without))).to.equal('design/no-bounds');
    const one = [dataset([number('b', null, 4)])];
    expect(await codeOf(designJob(wishes(), ['b'], 'y', one))).to.equal('design/no-bounds');
  });

  it('merges vocabularies and classes: kept where all agree, else sorted', async () => {
    const { recipe, topology } = await designJob(wishes(), ['c', 'd'], 'y', [
      dataset([category('c', ['red', 'blue']), category('d', ['z', 'a'])], classes('y', 'mid', 'low')),
      dataset(
        [category('c', ['blue', 'green'], true), category('d', ['a', 'z'])],
        classes('y', 'high', 'low'),
      ),
    ]);
    expect(recipe.features).to.deep.equal([
      {
        type: 'category',
        name: 'c',
        vocabulary: ['blue', 'green', 'red'],
        missing: 'zeros',
        unknown: 'zeros',
      },
      { type: 'category', name: 'd', vocabulary: ['z', 'a'], missing: 'refuse', unknown: 'zeros' },
    ]);
    expect(recipe.label).to.deep.equal({ type: 'class', name: 'y', classes: ['high', 'low', 'mid'] });
    const { features, output } = parseTopology(topology);
    expect(features).to.equal(5);
    expect(output).to.deep.equal({ units: 3, activation: 'softmax' });
    expect(recipe.loss).to.equal('categoricalCrossentropy');
  });

  it('makes each template', async () => {
    const regression = await designJob(
      wishes({ model: { ...tabular, template: 'tabular-regressor' } }),
      ['a'],
      'y',
      [dataset([number('a')], { type: 'number', name: 'y', minimum: toDecimal(10), maximum: toDecimal(30) })],
    );
    expect(regression.recipe.label).to.deep.equal({ type: 'number', name: 'y', centre: '20', scale: '10' });
    expect(regression.recipe).to.deep.include({
      loss: 'meanSquaredError',
      metrics: ['meanAbsoluteError', 'rootMeanSquaredError', 'r2'],
    });

    const pixels = Array.from({ length: 16 }, (_, at) => number(`p${at}`));
    const image = await designJob(
      wishes({ model: { ...tabular, template: 'image-small' } }),
      pixels.map(({ name }) => name),
      'y',
      [dataset(pixels)],
    );
    expect(parseTopology(image.topology).input).to.deep.equal([4, 4, 1]);
    expect(image.recipe.optimiser).to.deep.equal({ name: 'sgd', momentum: '0.9' });
    expect(image.aggregation).to.deep.equal({
      bits: 16,
      clip: '4',
      range: '4',
      chunkWords: 64,
      rounding: 'nearest',
      sparse: { above: 100, corruption: '0.05', dropout: '0.05' },
    });

    const text: Column = { type: 'text', name: 't', missing: true };
    const bag = await designJob(
      wishes({ model: { ...tabular, template: 'text-bag' }, vocabulary: ['good', 'bad', 'good'] }),
      ['t'],
      'y',
      [dataset([text])],
    );
    expect(bag.recipe.features).to.deep.equal([
      { type: 'text', name: 't', vocabulary: ['good', 'bad'], length: 4 },
    ]);
    expect(parseTopology(bag.topology).layers[0]?.computes).to.include({ words: 4, dimension: 3 });
  });

  it("finds a text model's words in the buyer's rows, the most frequent first", async () => {
    const model = { ...tabular, template: 'text-bag' } as const;
    const columns = [dataset([{ type: 'text', name: 't', missing: true }])];
    const heldOut = await held('texts.csv', 't,y\nBad day,no\nA good day,yes\nday,yes\n');
    const { recipe } = await designJob(wishes({ model, heldOut }), ['t'], 'y', columns);
    expect(recipe.features[0]).to.deep.include({ vocabulary: ['day', 'a', 'bad', 'good'] });
    expect(await codeOf(designJob(wishes({ model }), ['t'], 'y', columns))).to.equal('design/no-vocabulary');
    const two = [dataset([columns[0]!.columns[0]!, { type: 'text', name: 'u', missing: true }])];
    expect(await codeOf(designJob(wishes({ model, vocabulary: ['x'] }), ['t', 'u'], 'y', two))).to.equal(
      'design/one-text',
    );
  });

  it('refuses columns that are no image', async () => {
    const make = (count: number, image: TemplateRequest['image']) => {
      const pixels = Array.from({ length: count }, (_, at) => number(`p${at}`));
      const model = { ...tabular, template: 'image-small', image } as const;
      return designJob(
        wishes({ model }),
        pixels.map(({ name }) => name),
        'y',
        [dataset(pixels)],
      );
    };
    expect(await codeOf(make(17, null))).to.equal('design/image-shape');
    expect(await codeOf(make(9, null))).to.equal('design/image-shape');
    expect(await codeOf(make(16, { height: 4, width: 4, channels: 3 }))).to.equal('design/image-shape');
    const { topology } = await make(40, { height: 4, width: 5, channels: 2 });
    expect(parseTopology(topology).input).to.deep.equal([4, 5, 2]);
  });

  it("takes a buyer's own model as it is, where it fits", async () => {
    const keras = tabularClassifier(2, 7);
    const ab = [dataset([number('a'), number('b')])];
    const { topology, recipe } = await designJob(wishes({ model: { keras } }), ['a', 'b'], 'y', ab);
    expect(topology).to.equal(keras);
    expect(recipe.loss).to.equal('binaryCrossentropy');
    expect(await codeOf(designJob(wishes({ model: { keras } }), ['a'], 'y', ab))).to.equal(
      'job/model-mismatch',
    );
    const bag = await designJob(
      wishes({ model: { keras: textBag(9, 2, 3, 2) }, vocabulary: ['x', 'y'] }),
      ['t'],
      'y',
      [dataset([{ type: 'text', name: 't', missing: false }])],
    );
    expect(bag.recipe.features[0]).to.deep.include({ length: 9 });
    expect(await codeOf(designJob(wishes({ model: { keras: '{}' } }), ['a'], 'y', ab))).to.equal(
      'model/topology-shape',
    );
  });

  it('says what a model needs of a dataset', () => {
    const named = { label: null, columns: null };
    expect(schemaFor(tabular, named)).to.deep.include({ labelType: 'class', types: ['number', 'category'] });
    expect(schemaFor({ ...tabular, template: 'tabular-regressor' }, named).labelType).to.equal('number');
    expect(schemaFor({ ...tabular, template: 'image-small' }, named).types).to.deep.equal(['number']);
    expect(schemaFor({ keras: textBag(3, 3, 3, 4) }, named).types).to.deep.equal(['text']);
    expect(layersOf(tabular)).to.deep.equal(['Dense']);
    expect(layersOf({ ...tabular, template: 'image-small' })).to.deep.equal([
      'Conv2D',
      'MaxPooling2D',
      'Flatten',
      'Dense',
    ]);
  });
});
