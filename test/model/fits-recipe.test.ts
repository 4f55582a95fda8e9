/** Models that are none for a recipe, each refused by what differs. protocol.md §6.5 */
import { expect } from 'chai';
import { fitFlaw } from '#model/fits-recipe.ts';
import { imageSmall, tabularClassifier, tabularRegressor, textBag } from '#model/templates.ts';
import { parseTopology } from '#model/topology.ts';
import type { Feature, Label } from '#protocol/recipe/features.ts';
import type { Loss } from '#protocol/recipe/recipe.ts';
import { toDecimal } from '#protocol/units.ts';
import { classes } from './training.ts';

const number = (name: string): Feature => ({
  type: 'number',
  name,
  centre: toDecimal(0),
  scale: toDecimal(1),
  missing: 'refuse',
});
const category: Feature = {
  type: 'category',
  name: 'c',
  vocabulary: ['x', 'y', 'z'],
  missing: 'zeros',
  unknown: 'zeros',
};
const text = (words: number, length = 4): Feature => ({
  type: 'text',
  name: 't',
  vocabulary: Array.from({ length: words }, (_, at) => `w${at}`),
  length,
});
const amount: Label = { type: 'number', name: 'y', centre: toDecimal(0), scale: toDecimal(1) };

const flawOf = (json: string, loss: Loss, label: Label, features: Feature[]) =>
  fitFlaw(parseTopology(json), { loss, label, features });

describe('a model and a recipe', () => {
  it('fit where inputs and output agree', () => {
    const columns = [number('a'), category];
    expect(flawOf(tabularClassifier(4, 2), 'binaryCrossentropy', classes(2), columns)).to.equal(null);
    expect(flawOf(tabularClassifier(4, 2, 5), 'categoricalCrossentropy', classes(5), columns)).to.equal(null);
    expect(flawOf(tabularRegressor(4, 2), 'huber', amount, columns)).to.equal(null);
    const pixels = Array.from({ length: 16 }, (_, at) => number(`p${at}`));
    const image = imageSmall({ height: 4, width: 4, channels: 1 }, 2, 3);
    expect(flawOf(image, 'categoricalCrossentropy', classes(3), pixels)).to.equal(null);
    expect(flawOf(textBag(4, 6, 2, 2), 'binaryCrossentropy', classes(2), [text(6)])).to.equal(null);
  });

  const misfits: [string, ReturnType<typeof flawOf>, RegExp][] = [
    [
      'another width',
      flawOf(tabularClassifier(3, 2), 'binaryCrossentropy', classes(2), [number('a'), category]),
      /takes 3 numbers, .* give 4/,
    ],
    [
      'an output of too few classes',
      flawOf(tabularClassifier(1, 2, 4), 'categoricalCrossentropy', classes(5), [number('a')]),
      /5 softmax units, this one in 4 softmax/,
    ],
    [
      'two classes by softmax where one sigmoid is due',
      flawOf(tabularClassifier(1, 2, 3), 'binaryCrossentropy', classes(2), [number('a')]),
      /1 sigmoid units, this one in 3 softmax/,
    ],
    [
      'a probability where a number is due',
      flawOf(tabularClassifier(1, 2), 'meanSquaredError', amount, [number('a')]),
      /1 linear units, this one in 1 sigmoid/,
    ],
    [
      'an embedding with fewer words than the vocabulary',
      flawOf(textBag(4, 5, 2, 2), 'binaryCrossentropy', classes(2), [text(6)]),
      /has 7 words, the vocabulary needs 8/,
    ],
    [
      'an embedding on numbers',
      flawOf(textBag(4, 5, 2, 2), 'binaryCrossentropy', classes(2), ['a', 'b', 'c', 'd'].map(number)),
      /a is no text/,
    ],
    [
      'text without an embedding',
      flawOf(tabularClassifier(4, 2), 'binaryCrossentropy', classes(2), [text(6)]),
      /t is text: the model must begin with an Embedding/,
    ],
  ];
  for (const [what, found, detail] of misfits) {
    it(`do not fit with ${what}`, () => {
      expect(found?.code).to.equal('job/model-mismatch');
      expect(found?.detail).to.match(detail);
    });
  }
});
