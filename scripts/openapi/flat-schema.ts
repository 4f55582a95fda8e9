/** A schema with its references followed and its allOf laid together, one level deep: what a comparison looks at. */
import { resolved, type Schema } from '#coordinator/http/document/openapi.ts';
import type { Placed } from './pair.ts';

export function flat({ document, schema }: Placed): Schema {
  const { allOf = [], ...own } = resolved(document, schema);
  return allOf.map((part) => flat({ document, schema: part })).reduceRight<Schema>(joined, own);
}

/** What both ask for. Where both name a bound, that of the later part stands: our generator narrows there. */
function joined(later: Schema, earlier: Schema): Schema {
  const properties = { ...earlier.properties, ...later.properties };
  const required = [...new Set([...(earlier.required ?? []), ...(later.required ?? [])])];
  return {
    ...earlier,
    ...later,
    ...(Object.keys(properties).length > 0 && { properties }),
    ...(required.length > 0 && { required }),
  };
}

export const typesOf = (schema: Schema): readonly string[] | null =>
  schema.type === undefined ? null : [schema.type].flat();

export const optionsOf = (schema: Schema): readonly Schema[] | null => schema.anyOf ?? schema.oneOf ?? null;

/** The values that alone are allowed; null where it is not by a list. */
export const valuesOf = (schema: Schema): readonly unknown[] | null =>
  schema.enum ?? (schema.const === undefined ? null : [schema.const]);
