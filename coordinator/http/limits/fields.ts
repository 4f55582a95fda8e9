/**
 * What is left, in every answer: `RateLimit` and `RateLimit-Policy` by draft-ietf-httpapi-ratelimit-headers-08, of the limit that
 * binds first; `Retry-After` by RFC 9110 §10.2.3.
 */
import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';

export type Standing = Readonly<{
  /** Of the limit: letters, digits, underscores. */
  name: string;
  limit: number;
  windowSeconds: number;
  used: number;
  secondsLeft: number;
  /** Who it is counted for; only a digest of it is told. */
  holder: string;
}>;

const tightest = new WeakMap<ServerResponse, number>();

/** Tells it unless another limit is nearer to its end. */
export function tell(response: ServerResponse, standing: Standing): void {
  const { name, limit, windowSeconds, secondsLeft, holder } = standing;
  const left = remaining(standing);
  const share = left / limit;
  // An answer that has begun, or a tighter one.
  if (response.headersSent || share > (tightest.get(response) ?? Infinity)) return;
  tightest.set(response, share);
  response.setHeader('RateLimit', `"${name}"; r=${left}; t=${secondsLeft}`);
  response.setHeader(
    'RateLimit-Policy',
    `"${name}"; q=${limit}; w=${windowSeconds}; pk=:${partition(holder)}:`,
  );
}

/** Tells it as what refused, and how long that lasts. */
export function tellRefusal(response: ServerResponse, standing: Standing): void {
  tightest.delete(response);
  tell(response, standing);
  // Zero would ask for the same at once.
  response.setHeader('Retry-After', String(Math.max(1, standing.secondsLeft)));
}

const remaining = ({ limit, used }: Standing): number => Math.max(0, limit - used);

const PARTITION_BYTES = 9;

function partition(holder: string): string {
  return createHash('sha256').update(holder).digest().subarray(0, PARTITION_BYTES).toString('base64');
}
