/** What a recipe may say, each refusal of what it may not, and the numbers that follow from it. protocol.md §6.5 */
import { expect } from 'chai';
import { encodedWidth, type Feature } from '#protocol/recipe/features.ts';
import { learningRateOf } from '#protocol/recipe/optimisers.ts';
import { recipeSchema } from '#protocol/recipe/recipe.ts';
import { toDecimal } from '#protocol/units.ts';
import { recipe } from '#test/support/lineage.ts';

const d = toDecimal;
const number: Feature = { type: 'number', name: 'n', centre: d(0), scale: d(1), missing: 'centre' };
const category: Feature = {
  type: 'category',
  name: 'c',
  vocabulary: ['x', 'y', 'z'],
  missing: 'zeros',
  unknown: 'refuse',
};
const text: Feature = { type: 'text', name: 't', vocabulary: ['a'], length: 7 };
const numberLabel = { type: 'number', name: 'y', centre: '0', scale: '2' };
const regression = { ...recipe, loss: 'huber', metrics: ['r2'], label: numberLabel };

/** Paths of what is wrong. */
const wrong = (value: unknown): string[] =>
  recipeSchema.safeParse(value).error?.issues.map(({ path }) => path.join('.')) ?? [];

describe('a recipe', () => {
  it('may be of classes or of numbers', () => {
    expect(wrong(recipe)).to.deep.equal([]);
    expect(wrong(regression)).to.deep.equal([]);
    const many = { type: 'class', name: 'y', classes: ['a', 'b', 'c'] };
    expect(wrong({ ...recipe, loss: 'categoricalCrossentropy', label: many })).to.deep.equal([]);
  });

  const bad: [string, object, string][] = [
    ['a loss of numbers for classes', { ...recipe, loss: 'huber' }, 'loss'],
    ['a loss of classes for numbers', { ...regression, loss: 'binaryCrossentropy' }, 'loss'],
    [
      'the loss of two classes for three',
      { ...recipe, label: { type: 'class', name: 'y', classes: ['a', 'b', 'c'] } },
      'loss',
    ],
    ['a metric of numbers for classes', { ...recipe, metrics: ['accuracy', 'r2'] }, 'metrics'],
    ['a metric of classes for numbers', { ...regression, metrics: ['accuracy'] }, 'metrics'],
    ['a metric twice', { ...recipe, metrics: ['accuracy', 'accuracy'] }, 'metrics'],
    ['no metric', { ...recipe, metrics: [] }, 'metrics'],
    ['a column twice', { ...recipe, features: [number, { ...category, name: 'n' }] }, 'features'],
    ['the label among the features', { ...recipe, features: [{ ...number, name: 'y' }] }, 'features'],
    [
      'a word twice',
      { ...recipe, features: [{ ...category, vocabulary: ['x', 'x'] }] },
      'features.0.vocabulary',
    ],
    [
      'a class twice',
      { ...recipe, label: { type: 'class', name: 'y', classes: ['a', 'a'] } },
      'label.classes',
    ],
    [
      'one class',
      { ...recipe, loss: 'categoricalCrossentropy', label: { type: 'class', name: 'y', classes: ['a'] } },
      'label.classes',
    ],
    ['no rate', { ...recipe, learningRate: { schedule: 'constant', rate: '0' } }, 'learningRate.rate'],
    [
      'a rate over 100',
      { ...recipe, learningRate: { schedule: 'constant', rate: '101' } },
      'learningRate.rate',
    ],
    ['momentum of one', { ...recipe, optimiser: { name: 'sgd', momentum: '1' } }, 'optimiser.momentum'],
    ['negative momentum', { ...recipe, optimiser: { name: 'sgd', momentum: '-0.1' } }, 'optimiser.momentum'],
    ['a negative pull', { ...recipe, proximal: '-1' }, 'proximal'],
    ['an unknown server', { ...recipe, server: { name: 'fedSgd', learningRate: '1' } }, 'server.name'],
    [
      'an adaptive server without τ',
      { ...recipe, server: { name: 'fedAdam', learningRate: '1', beta1: '0', beta2: '0', tau: '0' } },
      'server.tau',
    ],
    ['no steps', { ...recipe, local: { unit: 'steps', count: 0 } }, 'local.count'],
    ['version 1', { ...recipe, version: 1 }, 'version'],
  ];
  for (const [what, value, path] of bad) {
    it(`may not have ${what}`, () => expect(wrong(value)).to.deep.equal([path]));
  }
});

describe('an encoded row', () => {
  it('has a number for a number, one an entry, and one a token', () => {
    expect(encodedWidth([number])).to.equal(1);
    expect(encodedWidth([number, category, text])).to.equal(1 + 3 + 7);
  });
});

describe('the learning rate', () => {
  const rates = (schedule: Parameters<typeof learningRateOf>[0]) =>
    [1, 2, 3, 4, 5, 9].map((round) => Number(learningRateOf(schedule, round).toFixed(6)));
  it('is constant', () => {
    expect(rates({ schedule: 'constant', rate: d(0.3) })).to.deep.equal([0.3, 0.3, 0.3, 0.3, 0.3, 0.3]);
  });
  it('falls by a factor every so many rounds', () => {
    const schedule = { schedule: 'step', rate: d(0.8), factor: d(0.5), every: 2 } as const;
    expect(rates(schedule)).to.deep.equal([0.8, 0.8, 0.4, 0.4, 0.2, 0.05]);
  });
  it('falls along half a cosine, and stays', () => {
    const schedule = { schedule: 'cosine', rate: d(1), minimum: d(0.2), rounds: 5 } as const;
    const quarter = 0.2 + 0.8 * 0.5 * (1 + Math.SQRT1_2);
    expect(rates(schedule)).to.deep.equal([
      1,
      Number(quarter.toFixed(6)),
      0.6,
      Number((0.2 + 0.8 * 0.5 * (1 - Math.SQRT1_2)).toFixed(6)),
      0.2,
      0.2,
    ]);
    expect(learningRateOf({ ...schedule, rounds: 1 }, 1)).to.equal(0.2);
  });
});
