/** A small API, and edits of it: what a comparison of two documents is tried on. */
import type { Document } from '#coordinator/http/document/openapi.ts';

/** The way to a place in a document, and what stands there now; undefined: nothing. */
export type Edit = readonly [place: string, value: unknown];

/** A copy with the edits made; steps of a place are parted by spaces. */
export function edited(document: Document, edits: readonly Edit[]): Document {
  const copy = structuredClone(document);
  for (const [place, value] of edits) {
    const steps = place.split(' ');
    const last = steps.pop() ?? '';
    let at = copy as unknown as Record<string, unknown>;
    for (const step of steps) at = at[step] as Record<string, unknown>;
    at[last] = value;
  }
  // What is undefined is not there.
  return JSON.parse(JSON.stringify(copy)) as Document;
}

export const text = { type: 'string' };
export const id = { name: 'id', in: 'path', required: true, schema: { type: 'integer', minimum: 1 } };
export const page = {
  ...{ name: 'limit', in: 'query', required: false },
  schema: { type: 'integer', minimum: 1, maximum: 100 },
};
const json = (name: string) => ({ 'application/json': { schema: { $ref: `#/components/schemas/${name}` } } });
const answer = { description: 'it', headers: { ETag: { schema: text } }, content: json('View') };

export const small = {
  openapi: '3.1.1',
  info: { title: 't', version: '1.4.0', description: '' },
  tags: [],
  paths: {
    '/v1/things/{id}': {
      get: {
        ...{ operationId: 'thing', tags: [], summary: '', description: '' },
        parameters: [id, page],
        responses: { 200: answer, 404: { description: 'no' } },
      },
      post: {
        ...{ operationId: 'change', tags: [], summary: '', description: '' },
        parameters: [id],
        requestBody: { required: true, content: json('Change') },
        responses: { 200: answer },
      },
    },
  },
  components: {
    ...{ parameters: {}, headers: {}, responses: {}, securitySchemes: {} },
    schemas: {
      Change: {
        type: 'object',
        properties: {
          name: { type: 'string', maxLength: 10, pattern: '^a' },
          kind: { type: 'string', enum: ['x', 'y'] },
          count: { allOf: [{ $ref: '#/components/schemas/Count' }, { description: 'how many' }] },
          list: { type: 'array', maxItems: 5, items: text },
          either: { anyOf: [text, { type: 'integer' }] },
        },
        required: ['name'],
        additionalProperties: false,
      },
      Count: { type: 'integer', minimum: 0, maximum: 9 },
      View: {
        type: 'object',
        properties: {
          state: { type: 'string', enum: ['on', 'off'] },
          size: { type: 'integer', minimum: 0 },
          parts: {
            type: 'array',
            items: { type: 'object', properties: { at: { type: ['integer', 'null'] } } },
          },
          note: text,
        },
        required: ['state', 'size', 'parts'],
        additionalProperties: false,
      },
    },
  },
} satisfies Document;
