/** Says that an operation is deprecated, since when, and when it will be gone. RFC 9745, RFC 8594 */
import type { Response } from 'express';
import type { Deprecation } from '#protocol/http/operations/operation.ts';

const MILLIS = 1000;

export function announceDeprecation({ since, sunset }: Deprecation, response: Response): void {
  response.set({
    deprecation: `@${Math.floor(Date.parse(since) / MILLIS)}`,
    sunset: new Date(sunset).toUTCString(),
  });
  response.append('link', '</v1/docs>; rel="deprecation"; type="text/html"');
}
