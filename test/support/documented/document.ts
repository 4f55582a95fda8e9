/** The committed OpenAPI document as a judge of its own: ajv compiles its schemas, zod has no part in it. */
import { readFileSync } from 'node:fs';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { operationsIn, type Document, type Placed } from '#coordinator/http/document/openapi.ts';

export const document = JSON.parse(
  readFileSync(new URL('../../../docs/openapi.json', import.meta.url), 'utf8'),
) as Document;

const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, validateFormats: true });
formats.default(ajv);
/** A reader of the document must bear more values; its author must name those that there are. */
ajv.addKeyword({
  keyword: 'x-extensible-enum',
  schemaType: 'array',
  validate: (listed: readonly unknown[], value: unknown) => listed.includes(value),
});
// What else stands in a document is not looked at, but for where it leads to.
ajv.addVocabulary(['openapi', 'info', 'servers', 'tags', 'components', 'paths', 'example']);
ajv.addSchema(document, 'document');

const compiled = new Map<string, ValidateFunction>();

/** @param steps the way to a schema in the document. @returns what is wrong with the value; null where nothing is */
export function schemaFlaw(steps: readonly string[], value: unknown): string | null {
  const place = steps.map((step) => step.replaceAll('~', '~0').replaceAll('/', '~1')).join('/');
  const validate = compiled.get(place) ?? ajv.compile({ $ref: `document#/${encodeURI(place)}` });
  compiled.set(place, validate);
  return validate(value) ? null : ajv.errorsText(validate.errors);
}

const patterns = Object.keys(document.paths).map((path) => ({
  path,
  pattern: new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`),
}));

/** The operations of the path that a URL has; none where the document knows no such path. */
export function operationsAt(url: string): Placed[] {
  const [asked] = url.split('?', 1);
  const known = patterns.find(({ pattern }) => pattern.test(asked ?? ''));
  return known ? operationsIn(document).filter(({ path }) => path === known.path) : [];
}
