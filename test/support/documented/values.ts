/** Values that a schema of the document admits, as far as JSON Schema's words that we use go. */
import fc from 'fast-check';
import { resolved, type Document, type Schema } from '#coordinator/http/document/openapi.ts';

/** Of lists and words that have no end of their own. */
const MOST_ITEMS = 3;
const MOST_LETTERS = 40;

export function valuesOf(document: Document, schema: Schema): fc.Arbitrary<unknown> {
  const of = (inner: Schema): fc.Arbitrary<unknown> => valuesOf(document, inner);
  const one = schema.$ref === undefined ? schema : resolved<Schema>(document, schema);
  if (one.const !== undefined) return fc.constant(one.const);
  if (one.enum) return fc.constantFrom(...one.enum);
  const choices = one.oneOf ?? one.anyOf;
  if (choices) return fc.oneof(...choices.map(of));
  if (one.allOf) return fc.tuple(...one.allOf.map(of)).map((parts) => Object.assign({}, ...parts) as unknown);
  switch (Array.isArray(one.type) ? one.type[0] : one.type) {
    case 'object':
      return fc.record(
        Object.fromEntries(Object.entries(one.properties ?? {}).map(([name, inner]) => [name, of(inner)])),
        { requiredKeys: [...(one.required ?? [])] },
      );
    case 'array':
      return fc.array(of(one.items ?? {}), {
        minLength: one.minItems ?? 0,
        maxLength: Math.max(one.minItems ?? 0, Math.min(one.maxItems ?? MOST_ITEMS, MOST_ITEMS)),
      });
    case 'string':
      return textOf(one);
    case 'integer':
      return fc.integer({ min: one.minimum ?? 0, max: Math.min(one.maximum ?? 0x7fffffff, 0x7fffffff) });
    case 'number':
      return fc.double();
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    default:
      return fc.jsonValue();
  }
}

function textOf({ pattern, examples, minLength = 0, maxLength }: Schema): fc.Arbitrary<unknown> {
  if (examples?.length) return fc.constantFrom(...examples);
  if (pattern !== undefined) return fc.stringMatching(new RegExp(pattern, 'u'), { size: 'small' });
  const most = Math.max(minLength, Math.min(maxLength ?? MOST_LETTERS, MOST_LETTERS));
  return fc.string({ minLength, maxLength: most });
}
