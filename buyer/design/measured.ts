/** What the buyer's own rows say of columns: mean, spread, words. They stay here; the job names only the numbers. protocol.md §6.5 */
import { tokensOf } from '#datasets/encoding/tokens.ts';
import { readRows } from '#datasets/read-rows.ts';
import { schemaOfRecipe } from '#datasets/recipe-schema.ts';
import type { Recipe } from '#protocol/recipe/recipe.ts';

export type Spread = Readonly<{ mean: number; deviation: number }>;

export type Measured = Readonly<{
  /** Of numbers, by column; the label among them where it is one. */
  spreads: ReadonlyMap<string, Spread>;
  /** Of all texts, the most frequent first; of equal ones in the order of their code units. */
  words: readonly string[];
}>;

/** Welford 1962: one pass, and no difference of large sums. */
function meter() {
  let count = 0;
  let mean = 0;
  let squares = 0;
  return {
    add(value: number) {
      count += 1;
      const from = value - mean;
      mean += from / count;
      squares += from * (value - mean);
    },
    spread: (): Spread | null => (count === 0 ? null : { mean, deviation: Math.sqrt(squares / count) }),
  };
}

/**
 * Reads the buyer's rows once.
 *
 * @param provisional features and label by name and type; their scales are not used
 * @throws TributaryError `data/…` as `readRows`
 */
export async function measureRows(
  file: string,
  provisional: Pick<Recipe, 'features' | 'label'>,
): Promise<Measured> {
  const schema = schemaOfRecipe(provisional, file);
  const { features, label } = provisional;
  const meters = features.map(() => meter());
  const target = meter();
  const counts = new Map<string, number>();
  for await (const { cells, label: value } of readRows(file, schema, 1)) {
    target.add(value);
    cells.forEach((cell, at) => {
      if (typeof cell === 'number') meters[at]?.add(cell);
      if (typeof cell !== 'string' || features[at]?.type !== 'text') return;
      for (const word of tokensOf(cell)) counts.set(word, (counts.get(word) ?? 0) + 1);
    });
  }
  const spreads = new Map<string, Spread>();
  features.forEach(({ name, type }, at) => {
    const spread = meters[at]?.spread();
    if (spread && type === 'number') spreads.set(name, spread);
  });
  const spread = target.spread();
  if (spread && label.type === 'number') spreads.set(label.name, spread);
  return { spreads, words: byFrequency(counts) };
}

const byFrequency = (counts: ReadonlyMap<string, number>): string[] =>
  [...counts]
    .sort(([a, many], [b, more]) => more - many || (a < b ? -1 : 1))
    .map(([word]) => word)
    .filter((word) => word.length <= 100);
