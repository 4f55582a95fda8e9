/** Whether a model is one for a job's recipe: as many inputs as columns give, and the output that its loss takes. protocol.md §6.5 */
import { encodedWidth, firstToken, type Feature, type Label } from '#protocol/recipe/features.ts';
import type { Loss, Recipe } from '#protocol/recipe/recipe.ts';
import { flaw, type Flaw } from '#protocol/flaw.ts';
import type { Activation } from './keras/configs.ts';
import type { Topology } from './topology.ts';

const misfit = (detail: string): Flaw => flaw('job/model-mismatch', detail);

function outputFor(loss: Loss, label: Label): Readonly<{ units: number; activation: Activation }> {
  if (loss === 'binaryCrossentropy') return { units: 1, activation: 'sigmoid' };
  if (loss === 'categoricalCrossentropy') {
    return { units: label.type === 'class' ? label.classes.length : 1, activation: 'softmax' };
  }
  return { units: 1, activation: 'linear' };
}

/** A token beyond an embedding would read what is not its own. */
function tokensFlaw(features: readonly Feature[], words: number): Flaw | null {
  const other = features.find(({ type }) => type !== 'text');
  if (other) return misfit(`the model begins with an Embedding, and ${other.name} is no text`);
  const needed = Math.max(
    ...features.map((feature) => (feature.type === 'text' ? feature.vocabulary.length : 0)),
  );
  return words >= needed + firstToken
    ? null
    : misfit(`the Embedding has ${words} words, the vocabulary needs ${needed + firstToken}`);
}

/** @returns why not, naming what differs; null where it fits */
export function fitFlaw(
  topology: Topology,
  { features, loss, label }: Pick<Recipe, 'features' | 'loss' | 'label'>,
): Flaw | null {
  const width = encodedWidth(features);
  if (topology.features !== width) {
    return misfit(`the model takes ${topology.features} numbers, the recipe's features give ${width}`);
  }
  const { units, activation } = outputFor(loss, label);
  const { output } = topology;
  if (output.units !== units || output.activation !== activation) {
    return misfit(
      `${loss} needs a model that ends in ${units} ${activation} units, this one in ${output.units} ${output.activation}`,
    );
  }
  const first = topology.layers[0]?.computes;
  if (first?.className === 'Embedding') return tokensFlaw(features, first.words);
  const text = features.find(({ type }) => type === 'text');
  return text ? misfit(`${text.name} is text: the model must begin with an Embedding`) : null;
}
