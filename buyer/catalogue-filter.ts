/** Which datasets of the catalogue a buyer wants to see. protocol.md §6.1 */
import { TributaryError } from '#crypto/error.ts';
import type { Columns } from '#datasets/columns.ts';
import type { Listing } from './catalogue.ts';

export type CatalogueFilter = Readonly<{
  /** Name of the label. */
  label?: string | undefined;
  /** Columns that it must have. */
  columns?: readonly string[] | undefined;
  /** Most base units a round, of its cheapest offer. */
  maxPrice?: bigint | undefined;
  /** Fewest rows, by the bucket. */
  minRows?: number | undefined;
  /** A dataset whose schema it must have. */
  like?: number | undefined;
}>;

/** Names and types, whatever the order: datasets with the same text can train one model. */
export const schemaText = ({ columns, label }: Columns): string =>
  JSON.stringify([
    columns.map(({ name, type }) => [name, type]).sort(([a = ''], [b = '']) => (a < b ? -1 : 1)),
    [label.name, label.type],
  ]);

/** @throws TributaryError `catalogue/unknown-dataset` where `like` is not among the listings */
export function filterListings(
  listings: readonly Listing[],
  { label, columns = [], maxPrice, minRows = 1, like }: CatalogueFilter,
): Listing[] {
  const schema = like === undefined ? null : schemaOf(listings, like);
  return listings.filter(
    ({ descriptor, offers }) =>
      (label === undefined || descriptor.label.name === label) &&
      columns.every((name) => descriptor.columns.some((column) => column.name === name)) &&
      (maxPrice === undefined || offers.some(({ price }) => price <= maxPrice)) &&
      descriptor.rowsBucket >= minRows &&
      (schema === null || schemaText(descriptor) === schema),
  );
}

function schemaOf(listings: readonly Listing[], like: number): string {
  const found = listings.find(({ dataset }) => dataset === like);
  if (found) return schemaText(found.descriptor);
  throw new TributaryError(
    'catalogue/unknown-dataset',
    `dataset ${like} is not for sale, or its descriptor can't be read: name one of the list`,
  );
}
