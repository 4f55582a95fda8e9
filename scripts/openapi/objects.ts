/** Fields of objects, in a comparison of two schemas. */
import type { Schema } from '#coordinator/http/document/openapi.ts';
import { breach, type Breach } from './breach.ts';
import { withInner, withOuter, type Pair } from './pair.ts';

/** @param inside compares what is in a field, at its place */
export function objectBreaches(
  pair: Pair,
  inner: Schema,
  outer: Schema,
  where: string,
  inside: (pair: Pair, where: string) => Breach[],
): Breach[] {
  if (!inner.properties && !outer.properties) return [];
  const fields = inner.properties ?? {};
  const known = outer.properties ?? {};
  return [
    ...requiredBreaches(pair, inner, outer, where),
    ...goneBreaches(pair, where, inner, outer),
    ...Object.entries(fields).flatMap(([name, field]) => {
      const place = `${where}.${name}`;
      const other = known[name];
      return other ? inside(withOuter(withInner(pair, field), other), place) : closedTo(pair, outer, place);
    }),
    ...(isClosed(outer) && !isClosed(inner)
      ? [breach(where, 'other fields are possible on one side alone')]
      : []),
  ];
}

const isClosed = (schema: Schema): boolean => schema.additionalProperties === false;

function requiredBreaches({ direction }: Pair, inner: Schema, outer: Schema, where: string): Breach[] {
  const always = new Set(inner.required);
  const what = direction === 'request' ? 'a field that must be sent now' : 'a field that was always there';
  return (outer.required ?? [])
    .filter((name) => !always.has(name))
    .map((name) => breach(`${where}.${name}`, what));
}

/** Fields that the older one has and the newer one has not, as far as that is not said of them already. */
function goneBreaches(pair: Pair, where: string, inner: Schema, outer: Schema): Breach[] {
  const older = pair.direction === 'request' ? inner : outer;
  const newer = pair.direction === 'request' ? outer : inner;
  return Object.keys(older.properties ?? {})
    .filter((name) => !(name in (newer.properties ?? {})))
    .map((name) => breach(`${where}.${name}`, 'the field is gone'));
}

/** A field that the one has and the other does not name: said as gone, or a reader that takes no other would refuse it. */
function closedTo(pair: Pair, outer: Schema, place: string): Breach[] {
  if (pair.direction === 'request' || !isClosed(outer)) return [];
  return [breach(place, 'a new field, where readers took no other')];
}
