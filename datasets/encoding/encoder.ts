/** One row of a dataset as a recipe's numbers. protocol.md §6.5 */
import { TributaryError } from '#crypto/error.ts';
import { toError } from '#protocol/flaw.ts';
import { encodedWidth, firstToken, widthOf, type Feature } from '#protocol/recipe/features.ts';
import type { Recipe } from '#protocol/recipe/recipe.ts';
import type { Column, ColumnLabel, Columns } from '../columns.ts';
import type { Row } from '../read-rows.ts';
import type { Cell } from '../reading/cells.ts';
import { recipeFlaw } from './fits.ts';
import { tokensOf } from './tokens.ts';

export type RowEncoder = Readonly<{
  /** Numbers a row, without its label. */
  width: number;
  /** The row's numbers, then its label: `width` + 1 of them, over whatever `into` held. */
  encode(row: Row, into: Float32Array): void;
}>;

/** Writes the cell's numbers from the start of `into`, which is all zeros. */
type CellEncoder = (cell: Cell, into: Float32Array, line: number) => void;
type Place = (line: number) => string;

/**
 * @param file names the file in messages
 * @throws TributaryError where the recipe does not fit the columns, as `recipeFlaw`; `encode` throws
 *   `data/missing-value`, `data/unknown-word`, `data/not-finite` with file, line and column, never a value
 */
export function rowEncoder(
  file: string,
  dataset: Columns,
  recipe: Pick<Recipe, 'features' | 'label'>,
): RowEncoder {
  const broken = recipeFlaw(dataset, recipe);
  if (broken) throw toError(broken);
  const width = encodedWidth(recipe.features);
  let start = 0;
  const parts = recipe.features.map((feature) => {
    const place = dataset.columns.findIndex(({ name }) => name === feature.name);
    const at: Place = (line) => `${file}, line ${line}, column ${feature.name}`;
    const part = {
      place,
      start,
      end: start + widthOf(feature),
      encode: cellEncoder(feature, dataset.columns[place], at),
    };
    start = part.end;
    return part;
  });
  const encodeLabel = labelEncoder(
    dataset.label,
    recipe,
    (line) => `${file}, line ${line}, column ${recipe.label.name}`,
  );
  return {
    width,
    encode({ cells, label, line }, into) {
      into.fill(0);
      for (const { place, start: from, end, encode } of parts) {
        encode(cells[place] ?? null, into.subarray(from, end), line);
      }
      into[width] = encodeLabel(label, line);
    },
  };
}

function cellEncoder(feature: Feature, column: Column | undefined, at: Place): CellEncoder {
  switch (feature.type) {
    case 'number':
      return numberEncoder(feature, at);
    case 'category':
      return categoryEncoder(feature, column, at);
    case 'text':
      return textEncoder(feature);
    default:
      return feature satisfies never;
  }
}

function numberEncoder(feature: Extract<Feature, { type: 'number' }>, at: Place): CellEncoder {
  const standardise = standardiser(feature, at);
  return (cell, into, line) => {
    if (typeof cell === 'number') into[0] = standardise(cell, line);
    else if (feature.missing === 'refuse') throw missingValue(at(line));
  };
}

function categoryEncoder(
  feature: Extract<Feature, { type: 'category' }>,
  column: Column | undefined,
  at: Place,
): CellEncoder {
  const places = new Map(feature.vocabulary.map((word, index) => [word, index]));
  // The column's vocabulary may be in another order, and hold other words.
  const words = column?.type === 'category' ? column.vocabulary : [];
  return (cell, into, line) => {
    if (cell === null) {
      if (feature.missing === 'refuse') throw missingValue(at(line));
      return;
    }
    const place = places.get(typeof cell === 'string' ? cell : (words[cell] ?? ''));
    if (place !== undefined) into[place] = 1;
    else if (feature.unknown === 'refuse') {
      throw new TributaryError(
        'data/unknown-word',
        `${at(line)}: not a word of the recipe's vocabulary; correct the row, or leave the job`,
      );
    }
  };
}

function textEncoder({ vocabulary, length }: Extract<Feature, { type: 'text' }>): CellEncoder {
  const tokens = new Map(vocabulary.map((word, index) => [word, index + firstToken]));
  return (cell, into) => {
    if (typeof cell !== 'string') return;
    const words = tokensOf(cell).slice(0, length);
    words.forEach((word, at) => (into[at] = tokens.get(word) ?? unknownToken));
  };
}

/** A word outside the vocabulary; 0 fills up behind the last word. */
const unknownToken = firstToken - 1;

function labelEncoder(
  label: ColumnLabel,
  recipe: Pick<Recipe, 'label'>,
  at: Place,
): (value: number, line: number) => number {
  if (recipe.label.type === 'number') return standardiser(recipe.label, at);
  const wanted = recipe.label.classes;
  const indices = label.type === 'class' ? label.classes.map((name) => wanted.indexOf(name)) : [];
  return (value) => indices[value] ?? Number.NaN;
}

/** (x − centre) / scale in float64, rounded to float32 once. */
function standardiser(
  { centre, scale }: Readonly<{ centre: string; scale: string }>,
  at: Place,
): (value: number, line: number) => number {
  const [from, unit] = [Number(centre), Number(scale)];
  return (value, line) => {
    const result = Math.fround((value - from) / unit);
    if (Number.isFinite(result)) return result;
    throw new TributaryError(
      'data/not-finite',
      `${at(line)}: the value is not a float32 in the recipe's scale; correct the row, or leave the job`,
    );
  };
}

const missingValue = (place: string) =>
  new TributaryError(
    'data/missing-value',
    `${place}: a value is missing, and the recipe takes none; fill it in, or leave the job`,
  );
