/** The API's own description: the OpenAPI document, and the same as a page to read. */
import { z } from 'zod';
import type { Operation } from './operation.ts';
import { none } from './parameters.ts';

export const openapi = {
  method: 'get',
  path: '/v1/openapi.json',
  tag: 'service',
  summary: 'This description, as an OpenAPI 3.1 document',
  description: 'Made from the schemas that validate requests.',
  parameters: { path: none, query: none, headers: none },
  body: { kind: 'none' },
  answer: {
    kind: 'json',
    schema: z.looseObject({ openapi: z.string().regex(/^3\.1\.\d+$/) }),
    description: 'The document.',
    paged: false,
  },
  problems: [],
  sender: 'anyone',
  caching: 'hour',
  deprecated: null,
} as const satisfies Operation;

export const docs = {
  method: 'get',
  path: '/v1/docs',
  tag: 'service',
  summary: 'This description, as a page',
  description: 'For people: no script, nothing from elsewhere.',
  parameters: { path: none, query: none, headers: none },
  body: { kind: 'none' },
  answer: { kind: 'text', type: 'text/html; charset=utf-8', description: 'An HTML page.' },
  problems: [],
  sender: 'anyone',
  caching: 'hour',
  deprecated: null,
} as const satisfies Operation;
