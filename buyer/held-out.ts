/** The buyer's held-out rows, standardised as the recipe says: never sent anywhere. protocol.md §6.2 */
import { loadCsv } from '#datasets/csv.ts';
import { standardise } from '#datasets/table.ts';
import type { Rows } from '#model/rows.ts';
import type { Recipe } from '#protocol/recipe.ts';
import { fromDecimal } from '#protocol/units.ts';

/** @throws TributaryError `data/…` as `loadCsv` and `standardise` */
export async function loadHeldOut(csv: string, { features, label }: Recipe): Promise<Rows> {
  const table = await loadCsv(csv, { features: features.map(({ name }) => name), label: label.name });
  const bounds = features.map(({ centre, scale }) => ({
    centre: fromDecimal(centre),
    scale: fromDecimal(scale),
  }));
  return standardise(table, bounds);
}
