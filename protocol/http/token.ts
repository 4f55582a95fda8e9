/** JSON in a header, as base64url without padding. RFC 4648 §5; protocol.md §4.1 */
import { z } from 'zod';

export const encodeToken = (value: object): string =>
  btoa(String.fromCharCode(...new TextEncoder().encode(JSON.stringify(value))))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');

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
