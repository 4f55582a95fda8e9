/** Requests at the edge: nothing passes but what a schema admits. protocol.md §4.1 */
import type { Request } from 'express';
import { z } from 'zod';
import { TributaryError } from '#crypto/error.ts';
import type { AttemptId } from '#protocol/job-id.ts';
import { jobNumber, u32 } from '#protocol/units.ts';

/** @throws TributaryError `request/schema`, naming the first place that is wrong */
export function parsed<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  what: string,
): z.infer<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const place = [what, ...(issue?.path ?? [])].join('.');
  throw new TributaryError('request/schema', `${place}: ${issue?.message ?? 'not what the protocol says'}`);
}

/** A number in a path or a query, in plain digits. */
const digits = z
  .string()
  .regex(/^\d{1,16}$/, 'expected a whole number')
  .transform(Number);
export const memberParameter = digits.pipe(u32);
export const jobParameter = digits.pipe(jobNumber);
const attemptParameters = z.object({
  job: jobParameter,
  round: digits.pipe(u32.min(1)),
  attempt: digits.pipe(u32.min(1)),
});

/** The attempt that a request's path names. @throws TributaryError `request/schema` */
export const attemptOf = (request: Request): AttemptId => parsed(attemptParameters, request.params, 'path');

const LONGEST_WAIT_SECONDS = 60;
const pollQuery = z.object({
  after: digits.optional(),
  wait: digits.optional(),
  seat: digits.pipe(u32).optional(),
});

/** How a long poll waits, and for whose view. @throws TributaryError `request/schema` */
export function pollOf(
  request: Request,
): Readonly<{ after: number | null; seconds: number; seat: number | null }> {
  const { after, wait, seat } = parsed(pollQuery, request.query, 'query');
  return { after: after ?? null, seconds: Math.min(wait ?? 0, LONGEST_WAIT_SECONDS), seat: seat ?? null };
}

/** JSON in a header, as base64url. @throws TributaryError `request/schema` */
export function parsedToken<Schema extends z.ZodType>(
  schema: Schema,
  token: string,
  what: string,
): z.infer<Schema> {
  return parsed(schema, decodedToken(token), what);
}

function decodedToken(token: string): unknown {
  try {
    return JSON.parse(Buffer.from(token, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}
