/** A market at given prices, and what a buyer with a purse chooses from it. */
import { choose, type Choice, type Purse } from '#buyer/choice/choose.ts';
import { groupsOf, type WantedSchema } from '#buyer/choice/groups.ts';
import type { Listing } from '#buyer/catalogue.ts';
import { coordinator, listing, type Change } from './market.ts';

export const wanted: WantedSchema = { label: null, labelType: 'class', columns: null, types: ['number'] };
export const purse = (change: Partial<Purse> = {}): Purse => ({
  fee: 0,
  budget: 1_000n,
  bonusPool: 0n,
  rounds: 10,
  minimumCohort: 3,
  layers: ['Dense'],
  coordinator,
  held: () => 0n,
  ...change,
});
export const market = (
  prices: readonly bigint[],
  changes: Readonly<Record<number, Change>> = {},
): Listing[] => prices.map((price, index) => listing(index + 1, price, changes[index + 1], prices.length));
export const chooseFrom = (
  listings: readonly Listing[],
  change: Partial<Purse> = {},
  schema = wanted,
): Choice => {
  const { groups, leftOut } = groupsOf(listings, schema);
  const found = choose(groups, purse(change));
  return { ...found, leftOut: [...leftOut, ...found.leftOut] };
};
export const ids = ({ chosen }: Choice) => chosen.map(({ listing: { dataset } }) => dataset);
export const why = ({ leftOut }: Choice) => Object.fromEntries(leftOut.map((one) => [one.dataset, one.why]));
