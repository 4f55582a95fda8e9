/** What a token may be for: a closed list, each asked for by its URN in a sign-in message (EIP-4361). docs/api.md */
import { z } from 'zod';

export const scopes = ['account:read', 'evidence:read', 'keys:read', 'keys:write'] as const;
export type Scope = (typeof scopes)[number];
export const scope = z.enum(scopes);

/** A set of scopes: at least one, each once. */
export const scopeList = z
  .array(scope)
  .min(1)
  .max(scopes.length)
  .refine((list) => new Set(list).size === list.length, 'a scope stands there twice')
  .meta({ uniqueItems: true });

const PREFIX = 'urn:tributary:scope:';

/** As it stands among the resources of a sign-in message. */
export const scopeUrn = (of: Scope): string => `${PREFIX}${of}`;

/** The scope that a resource asks for; null where it asks for something else. */
export const scopeOfUrn = (urn: string): Scope | null =>
  scopes.find((known) => scopeUrn(known) === urn) ?? null;
