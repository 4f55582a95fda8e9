/** JSON in a header, as base64url without padding. RFC 4648 §5; protocol.md §4.1 */
import { z } from 'zod';
import { toBase64url } from './base64url.ts';

export const encodeToken = (value: object): string =>
  toBase64url(new TextEncoder().encode(JSON.stringify(value)));

/** A token's value, held against a schema. */
export const tokenOf = <Schema extends z.ZodType>(schema: Schema) =>
  z
    .string()
    .regex(/^[\w-]+$/, 'expected JSON in base64url')
    .transform((token, context): unknown => {
      try {
        const text = atob(token.replaceAll('-', '+').replaceAll('_', '/'));
        return JSON.parse(new TextDecoder().decode(Uint8Array.from(text, (one) => one.charCodeAt(0))));
      } catch {
        context.addIssue('expected JSON in base64url');
        return z.NEVER;
      }
    })
    .pipe(schema);
