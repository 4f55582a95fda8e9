/** Trace context as it crosses HTTP: which chain of requests one belongs to. https://www.w3.org/TR/trace-context/ §3.2 */

import { toHex } from '#crypto/bytes.ts';

/** `flags` as they came: nobody here samples. */
export type Trace = Readonly<{ traceId: string; flags: string }>;

export const TRACEPARENT = 'traceparent';

const FORM =
  /^(?<version>[0-9a-f]{2})-(?<traceId>[0-9a-f]{32})-(?<parent>[0-9a-f]{16})-(?<flags>[0-9a-f]{2})(?<more>-.*)?$/;
const TRACE_BYTES = 16;
const PARENT_BYTES = 8;
/** Not sampled, and of a random id (level 2, §3.2.2.5). */
const RANDOM_FLAG = '02';

/** A trace that begins here, with an id of the platform's randomness. */
export const newTrace = (): Trace => ({ traceId: randomHex(TRACE_BYTES), flags: RANDOM_FLAG });

/** The trace that a header names; null where it is none. A version to come may say more behind what is known (§3.2.4). */
export function parseTraceparent(header: string | undefined): Trace | null {
  const { version, traceId, parent, flags, more } = FORM.exec(header ?? '')?.groups ?? {};
  if (version === undefined || traceId === undefined || flags === undefined) return null;
  if (version === 'ff' || (version === '00' && more !== undefined)) return null;
  if (isZero(traceId) || isZero(parent ?? '')) return null;
  return { traceId, flags };
}

/** The header for a request that a trace makes: each has a parent id of its own. */
export const traceparentOf = ({ traceId, flags }: Trace): string =>
  `00-${traceId}-${randomHex(PARENT_BYTES)}-${flags}`;

const isZero = (hex: string): boolean => /^0*$/.test(hex);

function randomHex(bytes: number): string {
  const hex = toHex(globalThis.crypto.getRandomValues(new Uint8Array(bytes))).slice(2);
  return isZero(hex) ? randomHex(bytes) : hex;
}
