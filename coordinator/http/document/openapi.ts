/** As much of an OpenAPI 3.1 document as we read: the page, the comparison of two, and tests. */

export type Schema = Readonly<{
  $ref?: string;
  type?: string | readonly string[];
  properties?: Readonly<Record<string, Schema>>;
  required?: readonly string[];
  additionalProperties?: boolean | Schema;
  items?: Schema;
  enum?: readonly unknown[];
  const?: unknown;
  allOf?: readonly Schema[];
  anyOf?: readonly Schema[];
  oneOf?: readonly Schema[];
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  pattern?: string;
  format?: string;
  default?: unknown;
  description?: string;
  examples?: readonly unknown[];
  contentSchema?: Schema;
}>;

export type Referred = Readonly<{ $ref?: string }>;
export type Media = Readonly<{ schema?: Schema }>;
export type Content = Readonly<Record<string, Media>>;
export type Parameter = Referred &
  Readonly<{ name: string; in: string; required?: boolean; description?: string; schema?: Schema }>;
export type Header = Referred & Readonly<{ description?: string; required?: boolean; schema?: Schema }>;
export type Body = Readonly<{ description?: string; required?: boolean; content: Content }>;
export type Response = Referred &
  Readonly<{ description?: string; headers?: Readonly<Record<string, Header>>; content?: Content }>;
export type Described = Readonly<{
  operationId: string;
  tags: readonly string[];
  summary: string;
  description: string;
  deprecated?: boolean;
  security?: readonly Readonly<Record<string, readonly string[]>>[];
  parameters?: readonly Parameter[];
  requestBody?: Body;
  responses: Readonly<Record<string, Response>>;
}>;

export type Document = Readonly<{
  openapi: string;
  info: Readonly<{ title: string; version: string; description: string }>;
  tags: readonly Readonly<{ name: string; description: string }>[];
  paths: Readonly<Record<string, Readonly<Record<string, Described>>>>;
  components: Readonly<{
    schemas: Readonly<Record<string, Schema>>;
    parameters: Readonly<Record<string, Parameter>>;
    headers: Readonly<Record<string, Header>>;
    responses: Readonly<Record<string, Response>>;
    securitySchemes: Readonly<Record<string, Readonly<{ description?: string }>>>;
  }>;
}>;

/** An operation and where it stands. */
export type Placed = Readonly<{ method: string; path: string; operation: Described }>;

export const operationsIn = ({ paths }: Document): Placed[] =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method, path, operation })),
  );

/** What a reference leads to; itself where it is none. The document is our own, so each leads to its kind. */
export function resolved<T extends Referred>(document: Document, value: T): T {
  if (value.$ref === undefined) return value;
  const steps = value.$ref
    .replace(/^#\//, '')
    .split('/')
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
  let found: unknown = document;
  for (const step of steps) found = (found as Readonly<Record<string, unknown>> | undefined)?.[step];
  if (found === undefined) throw new Error(`nothing stands at ${value.$ref}`);
  return resolved(document, found as T);
}
