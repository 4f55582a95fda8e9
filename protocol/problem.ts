/** RFC 9457 problems: how a refusal crosses HTTP. */
import { z } from 'zod';
import { TributaryError } from '#crypto/error.ts';

export const PROBLEM_TYPE = 'application/problem+json';

export const problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.string().max(100).describe('Stable; what it means and what to do: docs/errors.md.'),
  detail: z
    .string()
    .max(2000)
    .optional()
    .describe('For people; it names members and numbers and is not stable.'),
  instance: z
    .string()
    .max(200)
    .optional()
    .describe("Names the request: its id as a URN, as the coordinator's log has it."),
  traceId: z
    .string()
    .regex(/^[0-9a-f]{32}$/)
    .optional()
    .describe('The trace that the request is of: that of its `traceparent`, or a new one.'),
});
export type Problem = z.infer<typeof problem>;

/**
 * @param requestId a UUID (RFC 9562)
 * @param traceId of a trace (W3C Trace Context §3.2.2.3), if one is followed
 */
export const toProblem = (
  error: TributaryError,
  status: number,
  requestId: string,
  traceId?: string,
): Problem => ({
  type: `https://tributary.example/problems/${error.code}`,
  title: error.code,
  status,
  code: error.code,
  detail: error.message,
  instance: `urn:uuid:${requestId}`,
  ...(traceId !== undefined && { traceId }),
});

/** A failure of the coordinator's own names its request: with it, the operator finds it in the log. */
export const fromProblem = ({ code, detail, title, status, instance }: Problem): TributaryError => {
  const request = status >= 500 && instance !== undefined ? ` (${instance})` : '';
  return new TributaryError(code, `${detail ?? title}${request}`);
};
