/** Whether a dataset has what a recipe asks for, by what both say in public. protocol.md §6.5 */
import { flaw, type Flaw } from '#protocol/flaw.ts';
import type { Feature, Label } from '#protocol/recipe/features.ts';
import type { Recipe } from '#protocol/recipe/recipe.ts';
import type { Column, ColumnLabel, Columns } from '../columns.ts';

/** A category may come from any text: a word that the recipe does not list is unknown, then. */
const sources: Readonly<Record<Feature['type'], readonly Column['type'][]>> = {
  number: ['number'],
  category: ['category', 'text'],
  text: ['text'],
};

/** @returns `data/missing-column`, `data/other-type`, `data/other-classes` or `data/bad-scale`, or null where it fits */
export function recipeFlaw(
  { columns, label }: Columns,
  recipe: Pick<Recipe, 'features' | 'label'>,
): Flaw | null {
  for (const feature of recipe.features) {
    const column = columns.find(({ name }) => name === feature.name);
    if (!column) return missing(feature.name);
    if (!sources[feature.type].includes(column.type)) {
      return flaw(
        'data/other-type',
        `the recipe takes the column ${column.name} as ${feature.type}, it is ${column.type}`,
      );
    }
    if (feature.type === 'number' && !canScale(feature)) return badScale(feature.name);
  }
  return labelFlaw(label, recipe.label);
}

function labelFlaw(label: ColumnLabel, wanted: Label): Flaw | null {
  if (label.name !== wanted.name) return missing(wanted.name);
  if (label.type === 'class' && wanted.type === 'class') {
    const odd = label.classes.find((name) => !wanted.classes.includes(name));
    return odd === undefined
      ? null
      : flaw('data/other-classes', `the recipe does not know the class ${odd} of the label ${label.name}`);
  }
  if (label.type !== wanted.type) {
    return flaw(
      'data/other-type',
      `the recipe takes the label ${label.name} as ${wanted.type}, it is ${label.type}`,
    );
  }
  return wanted.type === 'number' && !canScale(wanted) ? badScale(wanted.name) : null;
}

function canScale({ centre, scale }: Readonly<{ centre: string; scale: string }>): boolean {
  return Number.isFinite(Number(centre)) && Number.isFinite(Number(scale)) && Number(scale) > 0;
}

const missing = (name: string): Flaw =>
  flaw('data/missing-column', `the recipe asks for the column ${name}, which the dataset has not`);

const badScale = (name: string): Flaw =>
  flaw(
    'data/bad-scale',
    `the recipe's centre and scale of ${name} can't be used: they are finite, a scale is above 0`,
  );
