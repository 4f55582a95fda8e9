/** Two versions of a schema, and in which direction its values go. */
import type { Document, Schema } from '#coordinator/http/document/openapi.ts';
import { breach, type Breach } from './breach.ts';

/** A schema, and the document in which its references lead somewhere. */
export type Placed = Readonly<{ document: Document; schema: Schema }>;

/**
 * A request breaks where the older one admits what the newer one does not; an answer where the newer one admits what the
 * older one did not.
 */
export type Direction = 'request' | 'answer';
export type Pair = Readonly<{ direction: Direction; old: Placed; new: Placed }>;

/** Whose values are to be admitted, and by which. */
export const innerOf = (pair: Pair): Placed => (pair.direction === 'request' ? pair.old : pair.new);
export const outerOf = (pair: Pair): Placed => (pair.direction === 'request' ? pair.new : pair.old);

const withSide = (pair: Pair, side: 'old' | 'new', schema: Schema): Pair => ({
  ...pair,
  [side]: { ...pair[side], schema },
});
export const withInner = (pair: Pair, schema: Schema): Pair =>
  withSide(pair, pair.direction === 'request' ? 'old' : 'new', schema);
export const withOuter = (pair: Pair, schema: Schema): Pair =>
  withSide(pair, pair.direction === 'request' ? 'new' : 'old', schema);

/** A breach in what both say of something. */
export function differs(
  { direction }: Pair,
  where: string,
  what: string,
  inner: unknown,
  outer: unknown,
): Breach {
  const [was, is] = direction === 'request' ? [inner, outer] : [outer, inner];
  return breach(where, `${what} was ${shown(was)}, is ${shown(is)}`);
}

const shown = (value: unknown): string =>
  value === undefined || value === null ? 'open' : typeof value === 'string' ? value : JSON.stringify(value);
