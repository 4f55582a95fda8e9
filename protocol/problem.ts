/** RFC 9457 problems: how a refusal crosses HTTP. */
import { z } from 'zod';
import { TributaryError } from '#crypto/error.ts';

export const PROBLEM_TYPE = 'application/problem+json';

export const problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.string().max(100),
  detail: z.string().max(2000).optional(),
});
export type Problem = z.infer<typeof problem>;

export const toProblem = (error: TributaryError, status: number): Problem => ({
  type: `https://tributary.example/problems/${error.code}`,
  title: error.code,
  status,
  code: error.code,
  detail: error.message,
});

export const fromProblem = (body: Problem): TributaryError =>
  new TributaryError(body.code, body.detail ?? body.title);
