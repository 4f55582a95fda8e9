/** The schema that a recipe alone gives a file, for rows that no descriptor describes: a buyer's. protocol.md §6.5 */
import type { Feature } from '#protocol/recipe/features.ts';
import type { Recipe } from '#protocol/recipe/recipe.ts';
import type { Column, ColumnLabel } from './columns.ts';
import { defaultReading, type Schema } from './schema.ts';

const unbounded = { minimum: null, maximum: null };

/** @param file tells the format by its name; the recipe's words are never taken for missing values */
export function schemaOfRecipe(
  { features, label }: Pick<Recipe, 'features' | 'label'>,
  file: string,
): Schema {
  const reading = defaultReading(file);
  const words = new Set([
    ...features.flatMap((feature) => (feature.type === 'category' ? feature.vocabulary : [])),
    ...(label.type === 'class' ? label.classes : []),
  ]);
  return {
    reading: { ...reading, missingTokens: reading.missingTokens.filter((token) => !words.has(token)) },
    columns: features.map(columnOf),
    label: labelOf(label),
  };
}

/** What is missing or unknown, the recipe decides with each row. */
function columnOf(feature: Feature): Column {
  const { name } = feature;
  return feature.type === 'number'
    ? { type: 'number', name, ...unbounded, missing: true }
    : { type: 'text', name, missing: true };
}

const labelOf = (label: Recipe['label']): ColumnLabel =>
  label.type === 'class'
    ? { type: 'class', name: label.name, classes: label.classes }
    : { type: 'number', name: label.name, ...unbounded };
