/** What a buyer asks of a designed job, with one thing changed at a time. */
import type { Wishes } from '#buyer/design/design.ts';
import type { TemplateRequest } from '#buyer/design/request.ts';
import type { Column, ColumnLabel, Columns } from '#datasets/columns.ts';
import { classes } from './market.ts';

export const tabular: TemplateRequest = {
  template: 'tabular-classifier',
  hidden: 5,
  filters: 2,
  image: null,
  embedding: 3,
  length: 4,
};
export const wishes = (change: Partial<Wishes> = {}): Wishes => ({
  model: tabular,
  training: {},
  heldOut: null,
  vocabulary: [],
  ...change,
});
export const dataset = (
  columns: readonly Column[],
  label: ColumnLabel = classes('y', 'no', 'yes'),
): Columns => ({
  columns,
  label,
});
