/** One operation as the document has it. */
import type { RouteConfig } from '@asteasolutions/zod-to-openapi';
import { z } from 'zod';
import { bareType, type Operation } from '#protocol/http/operations/operation.ts';
import { BEARER_SCHEME, REQUEST_SCHEME } from './prose.ts';
import { problemResponses, type sharedProblems } from './refusals.ts';
import { headersOf, parameterOf } from './shared.ts';

export function routeOf(
  operationId: string,
  operation: Operation,
  shared: ReturnType<typeof sharedProblems>,
): RouteConfig {
  const { method, path, tag, summary, parameters, sender, deprecated } = operation;
  const common = [
    'X-Request-Id',
    'traceparent',
    ...(hasEtag(operation) ? (['If-None-Match'] as const) : []),
  ] as const;
  return {
    operationId,
    method,
    path,
    tags: [tag],
    summary,
    description: descriptionOf(operation),
    ...(deprecated && { deprecated: true }),
    // A message proves its sender by itself.
    security: securityOf(sender),
    parameters: common.map(parameterOf),
    request: {
      params: parameters.path,
      query: parameters.query,
      // `Authorization` is no parameter, but a security scheme: OpenAPI 3.1 §4.8.12.
      headers: z.object(headersIn(operation)),
      ...bodyOf(operation),
    },
    responses: {
      200: successOf(operation),
      ...(hasEtag(operation) && { 304: unchanged }),
      ...problemResponses(operation, shared),
    },
  };
}

function securityOf(sender: Operation['sender']): Record<string, string[]>[] {
  if (typeof sender === 'string') return [];
  // Either of them is enough. OpenAPI 3.1 §4.8.30: for schemes of HTTP the list has roles, here scopes.
  return [{ [BEARER_SCHEME]: [sender.scope] }, ...(sender.request ? [{ [REQUEST_SCHEME]: [] }] : [])];
}

const headersIn = ({ parameters }: Operation) =>
  Object.fromEntries(Object.entries(parameters.headers.shape).filter(([name]) => name !== 'authorization'));

const hasEtag = ({ caching, answer }: Operation): boolean => caching !== 'none' || answer.kind === 'bytes';

function descriptionOf({ description, deprecated }: Operation): string {
  if (!deprecated) return description;
  return `${description}\n\n**Deprecated** since ${deprecated.since}; gone after ${deprecated.sunset}.`;
}

const unchanged = {
  description: 'Nothing changed.',
  headers: headersOf('X-Request-Id', 'ETag', 'Cache-Control', 'RateLimit', 'RateLimit-Policy'),
};

function successOf({ answer, deprecated, ...operation }: Operation) {
  const headers = headersOf(
    ...(['X-Request-Id', 'Cache-Control', 'RateLimit', 'RateLimit-Policy'] as const),
    ...(hasEtag({ answer, deprecated, ...operation }) ? (['ETag'] as const) : []),
    ...(deprecated ? (['Deprecation', 'Sunset'] as const) : []),
    ...(answer.kind === 'json' && answer.paged ? (['Link'] as const) : []),
  );
  const { description } = answer;
  switch (answer.kind) {
    case 'json':
      return { description, headers, content: { 'application/json': { schema: answer.schema } } };
    case 'text':
      return {
        description,
        headers,
        content: { [bareType(answer.type)]: { schema: { type: 'string' as const } } },
      };
    case 'events':
      // Of the data of each: OpenAPI 3.1 has no word for a stream's items, as 3.2 has (`itemSchema`).
      return { description, headers, content: { [answer.type]: { schema: answer.schema } } };
    case 'bytes':
      // No schema: OpenAPI 3.1 §4.8.14.2 says so of bytes as they are.
      return { description, headers, content: { [bareType(answer.type)]: {} } };
    default:
      return answer satisfies never;
  }
}

function bodyOf({ body }: Operation): Pick<NonNullable<RouteConfig['request']>, 'body'> {
  switch (body.kind) {
    case 'none':
      return {};
    case 'json':
      return {
        body: {
          description: `${body.description} At most ${body.limitBytes / 1024} KiB, inflated.`,
          required: true,
          content: { 'application/json': { schema: body.schema } },
        },
      };
    case 'bytes':
      return {
        body: { description: body.description, required: true, content: { [body.type]: {} } },
      };
    default:
      return body satisfies never;
  }
}
