/** Datasets that can train one model together: those with the wanted columns and label, by name and type. protocol.md §6.5 */
import type { Column, ColumnLabel, Columns } from '#datasets/columns.ts';
import type { Listing } from '../catalogue.ts';

/** What a model needs of a dataset. */
export type WantedSchema = Readonly<{
  /** Name of the target; any of the right type by default. */
  label: string | null;
  labelType: ColumnLabel['type'];
  /** Columns to take, in this order; all of the right types by default. */
  columns: readonly string[] | null;
  types: readonly Column['type'][];
}>;

/** A dataset that was not taken, and why in a few words. */
export type LeftOut = Readonly<{ dataset: number; why: string }>;

/** Datasets from which the same columns are taken. */
export type Group = Readonly<{ columns: readonly string[]; label: string; listings: readonly Listing[] }>;

/** The columns to take of a dataset, or why it has not what is wanted. */
function columnsToTake(
  { columns, label }: Columns,
  wanted: WantedSchema,
): Readonly<{ taken: readonly Column[] }> | Readonly<{ why: string }> {
  if (wanted.label !== null && label.name !== wanted.label) {
    return { why: `its label is ${label.name}, not ${wanted.label}` };
  }
  if (label.type !== wanted.labelType) {
    return { why: `its label ${label.name} is a ${label.type}, the model gives a ${wanted.labelType}` };
  }
  const fitting = columns.filter(({ type }) => wanted.types.includes(type));
  const missing = wanted.columns?.find((name) => !fitting.some((column) => column.name === name));
  if (missing !== undefined) return { why: `it has no column ${missing} that the model can take` };
  const taken = wanted.columns
    ? wanted.columns.flatMap((name) => fitting.filter((column) => column.name === name))
    : fitting;
  return taken.length > 0 ? { taken } : { why: 'it has no column that the model can take' };
}

/** @returns groups by their lowest dataset; a dataset is in one at most */
export function groupsOf(
  listings: readonly Listing[],
  wanted: WantedSchema,
): Readonly<{ groups: Group[]; leftOut: LeftOut[] }> {
  const groups = new Map<string, { columns: readonly string[]; label: string; listings: Listing[] }>();
  const leftOut: LeftOut[] = [];
  for (const listing of [...listings].sort((a, b) => a.dataset - b.dataset)) {
    const { dataset, descriptor } = listing;
    const found = columnsToTake(descriptor, wanted);
    if ('why' in found) {
      leftOut.push({ dataset, why: found.why });
      continue;
    }
    const named = found.taken.map(({ name, type }) => `${type} ${name}`);
    const key = JSON.stringify([descriptor.label.name, [...named].sort()]);
    const group = groups.get(key) ?? {
      columns: found.taken.map(({ name }) => name),
      label: descriptor.label.name,
      listings: [],
    };
    group.listings.push(listing);
    groups.set(key, group);
  }
  return { groups: [...groups.values()], leftOut };
}
