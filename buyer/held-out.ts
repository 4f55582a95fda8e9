/** The buyer's held-out rows, encoded as the recipe says: never sent anywhere. protocol.md §6.5 */
import { encodeRows } from '#datasets/encode.ts';
import type { HeldRows } from '#datasets/encoding/row-store.ts';
import { schemaOfRecipe } from '#datasets/recipe-schema.ts';
import type { Recipe } from '#protocol/recipe/recipe.ts';

/**
 * @param file CSV or JSON lines with the recipe's columns; the recipe is its schema
 * @returns rows to be closed in the end
 * @throws TributaryError `data/…` as `encodeRows`
 */
export const loadHeldOut = async (file: string, recipe: Recipe): Promise<HeldRows> =>
  encodeRows(file, schemaOfRecipe(recipe, file), recipe);
