/** JSON in a header, as base64url without padding. RFC 4648 §5; protocol.md §4.1 */
import { z } from 'zod';
import { fromBase64url, toBase64url } from './base64url.ts';

export const encodeToken = (value: object): string =>
  toBase64url(new TextEncoder().encode(JSON.stringify(value)));

/** A token's value, held against a schema. */
export const tokenOf = <Schema extends z.ZodType>(schema: Schema) =>
  z
    .string()
    .regex(/^[\w-]+$/, 'expected JSON in base64url')
    .transform((token, context): unknown => {
      const value = jsonIn(token);
      if (value !== undefined) return value;
      context.addIssue('expected JSON in base64url');
      return z.NEVER;
    })
    .pipe(schema);

/** @returns undefined where it is none, or not spelled as {@link encodeToken} does */
function jsonIn(token: string): unknown {
  const bytes = fromBase64url(token);
  if (!bytes) return undefined;
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}
