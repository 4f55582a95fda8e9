/** The OpenAPI 3.1 document of the coordinator's HTTP API, made from its operations. https://spec.openapis.org/oas/v3.1.1 */
import { OpenApiGeneratorV31, OpenAPIRegistry, zodToOpenAPIRegistry } from '@asteasolutions/zod-to-openapi';
import { API_VERSION, operations } from '#protocol/http/operations.ts';
import type { Operation } from '#protocol/http/operations/operation.ts';
import { names } from './names.ts';
import { routeOf } from './path.ts';
import { info, securitySchemes, servers, tags } from './prose.ts';
import { sharedProblems } from './refusals.ts';
import { sharedHeaders, sharedParameters } from './shared.ts';

export type OpenApiDocument = Omit<ReturnType<OpenApiGeneratorV31['generateDocument']>, 'webhooks'>;

/** @param described the operations by id; ours, but in a test */
export function documentOf(described: Readonly<Record<string, Operation>> = operations): OpenApiDocument {
  const shared = sharedProblems(Object.values(described));
  const registry = new OpenAPIRegistry();
  for (const [name, header] of Object.entries(headersFor(described)))
    registry.registerComponent('headers', name, header);
  for (const [name, parameter] of Object.entries(sharedParameters))
    registry.registerComponent('parameters', name, parameter);
  for (const [name, scheme] of Object.entries(securitySchemes))
    registry.registerComponent('securitySchemes', name, scheme);
  for (const [name, response] of Object.entries(shared))
    registry.registerComponent('responses', name, response);
  for (const [id, operation] of Object.entries(described))
    registry.registerPath(routeOf(id, operation, shared));
  const definitions = [...namedSchemas(), ...registry.definitions];
  const generator = new OpenApiGeneratorV31(definitions, { sortComponents: 'alphabetically' });
  const said = { openapi: '3.1.1', info: { ...info, version: API_VERSION }, servers, tags };
  const document: OpenApiDocument & { webhooks?: unknown } = generator.generateDocument(said);
  // We call nobody, and the generator says so by an empty list.
  delete document.webhooks;
  return document;
}

/** Those of deprecation only where something is deprecated. */
function headersFor(described: Readonly<Record<string, Operation>>) {
  const { Deprecation, Sunset, ...always } = sharedHeaders;
  const deprecated = Object.values(described).some((operation) => operation.deprecated !== null);
  return deprecated ? { ...always, Deprecation, Sunset } : always;
}

/** Before any that is derived from them: a name's own schema is the first that has it. */
function namedSchemas() {
  return Object.entries(names).map(([refId, { schema, example, ...said }]) => {
    const metadata = { _internal: { refId }, ...said, ...(example !== undefined && { examples: [example] }) };
    // oxlint-disable-next-line typescript/no-deprecated -- "not really", says its comment: with care. It names schemas where they are.
    zodToOpenAPIRegistry.add(schema, metadata);
    return { type: 'schema' as const, schema };
  });
}
