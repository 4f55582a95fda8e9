/**
 * Whether each value of one schema is one of another; where not, that breaks who relies on it. JSON Schema 2020-12, as far as
 * our documents go.
 */
import type { Schema } from '#coordinator/http/document/openapi.ts';
import type { Breach } from './breach.ts';
import { flat, optionsOf, typesOf, valuesOf } from './flat-schema.ts';
import { objectBreaches } from './objects.ts';
import { differs, innerOf, outerOf, withInner, withOuter, type Pair } from './pair.ts';

/** Deeper than any message of ours. */
const DEEPEST = 40;

/** @returns what the change of a schema breaks, each at its place */
export function schemaBreaches(pair: Pair, where: string, depth = 0): Breach[] {
  if (depth > DEEPEST) throw new Error(`${where}: the schemas are nested too deep to compare`);
  const [inner, outer] = [flat(innerOf(pair)), flat(outerOf(pair))];
  const options = optionsOf(inner);
  if (options) return options.flatMap((option) => schemaBreaches(withInner(pair, option), where, depth + 1));
  const others = optionsOf(outer);
  if (others) return nearest(pair, others, where, depth);
  return [
    ...typeBreaches(pair, inner, outer, where),
    ...valueBreaches(pair, inner, outer, where),
    ...boundBreaches(pair, inner, outer, where),
    ...objectBreaches(pair, inner, outer, where, (next, place) => schemaBreaches(next, place, depth + 1)),
    ...itemBreaches(pair, inner, outer, where, depth),
  ];
}

/** One of several must take it; where none does, the one that comes closest says why. */
function nearest(pair: Pair, options: readonly Schema[], where: string, depth: number): Breach[] {
  let least: Breach[] | null = null;
  for (const option of options) {
    const found = schemaBreaches(withOuter(pair, option), where, depth + 1);
    if (found.length === 0) return [];
    if (least === null || found.length < least.length) least = found;
  }
  return least ?? [];
}

function typeBreaches(pair: Pair, inner: Schema, outer: Schema, where: string): Breach[] {
  const [own, allowed] = [typesOf(inner), typesOf(outer)];
  if (allowed === null) return [];
  const fits = (type: string) => allowed.includes(type) || (type === 'integer' && allowed.includes('number'));
  return own !== null && own.every(fits) ? [] : [differs(pair, where, 'the type', own, allowed)];
}

function valueBreaches(pair: Pair, inner: Schema, outer: Schema, where: string): Breach[] {
  const [own, allowed] = [valuesOf(inner), valuesOf(outer)];
  if (allowed === null) return [];
  const listed = new Set(allowed.map((value) => JSON.stringify(value)));
  const fits = own !== null && own.every((value) => listed.has(JSON.stringify(value)));
  return fits ? [] : [differs(pair, where, 'the list of values', own, allowed)];
}

const lowest = ['minimum', 'minLength', 'minItems'] as const;
const highest = ['maximum', 'maxLength', 'maxItems'] as const;
const forms = ['pattern', 'format'] as const;

function boundBreaches(pair: Pair, inner: Schema, outer: Schema, where: string): Breach[] {
  return [
    ...lowest.filter((name) => (outer[name] ?? -Infinity) > (inner[name] ?? -Infinity)),
    ...highest.filter((name) => (outer[name] ?? Infinity) < (inner[name] ?? Infinity)),
    ...forms.filter((name) => outer[name] !== undefined && outer[name] !== inner[name]),
  ].map((name) => differs(pair, where, name, inner[name], outer[name]));
}

function itemBreaches(pair: Pair, inner: Schema, outer: Schema, where: string, depth: number): Breach[] {
  if (outer.items === undefined) return [];
  return schemaBreaches(withOuter(withInner(pair, inner.items ?? {}), outer.items), `${where}[]`, depth + 1);
}
