/**
 * One operation of the coordinator's HTTP API as data. From it come its route and validation, its part of the OpenAPI
 * document, and the typed client's call. protocol.md §4.1
 */
import type { z } from 'zod';
import type { Scope } from '../../access/scopes.ts';

/** A JSON body, decoded and held against its schema before a handler sees it. */
export type JsonBody = Readonly<{
  kind: 'json';
  schema: z.ZodType;
  /** Of the body once it is inflated. */
  limitBytes: number;
  description: string;
}>;

/** Bytes that are taken in piece by piece; who reads them counts them. */
export type BytesBody = Readonly<{ kind: 'bytes'; type: string; description: string }>;
export type NoBody = Readonly<{ kind: 'none' }>;

export type JsonAnswer = Readonly<{
  kind: 'json';
  schema: z.ZodType;
  description: string;
  /** Whether a `Link` to the next page may come with it. */
  paged: boolean;
}>;
/** Bytes that are sent piece by piece, no faster than they are taken; `type` with its parameters. */
export type BytesAnswer = Readonly<{ kind: 'bytes'; type: string; description: string }>;
export type TextAnswer = Readonly<{ kind: 'text'; type: string; description: string }>;

/** Events of one schema, as they come. */
export type EventsAnswer = Readonly<{
  kind: 'events';
  type: 'text/event-stream';
  schema: z.ZodType;
  description: string;
}>;

/** When an operation became deprecated (RFC 9745) and when it will be gone (RFC 8594): UTC, RFC 3339. */
export type Deprecation = Readonly<{ since: string; sunset: string }>;

/**
 * An account's token, as `Authorization: Bearer`, that has this scope; or, where `request` says so, in its place a signed
 * request, as `Authorization: Tributary`.
 */
export type BearerSender = Readonly<{ kind: 'bearer'; scope: Scope; request: boolean }>;

/** A media type without its parameters. */
export const bareType = (type: string): string => type.split(';', 1)[0] ?? type;

export type Operation = Readonly<{
  method: 'get' | 'post' | 'put' | 'delete';
  /** With each parameter of `path` in braces. */
  path: `/v1/${string}`;
  tag: 'service' | 'access' | 'webhooks' | 'jobs' | 'attempts' | 'messages';
  summary: string;
  description: string;
  /** Parameters by where they stand; header names in lower case. */
  parameters: Readonly<{ path: z.ZodObject; query: z.ZodObject; headers: z.ZodObject }>;
  body: JsonBody | BytesBody | NoBody;
  /** With status 200: nothing else is a success, but 304 where a reader has it already. */
  answer: JsonAnswer | BytesAnswer | TextAnswer | EventsAnswer;
  /** The codes that it may be refused with, beside those that follow from its parts (`problemsOf`). */
  problems: readonly string[];
  /** What proves who asks: nothing, the signature of the message itself, or what stands in `Authorization`. */
  sender: 'anyone' | 'message' | BearerSender;
  /** `none`: never stored. `revalidate`: with an ETag, to be asked again. `hour`: with an ETag, fresh for an hour. */
  caching: 'none' | 'revalidate' | 'hour';
  deprecated: Deprecation | null;
}>;
