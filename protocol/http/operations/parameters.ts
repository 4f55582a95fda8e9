/** Parameters of paths, queries and headers: text as it comes, numbers once it passed. protocol.md §4.1 */
import { z } from 'zod';
import { jobNumber, u32 } from '../../units.ts';

const LARGEST_U32 = 0xffff_ffff;
const MOST = Number.MAX_SAFE_INTEGER;

/** A number in a path or a query, in plain digits. What `meta` says is for the document: the number, not its digits. */
const digits = z
  .string()
  .regex(/^\d{1,16}$/, 'expected a whole number')
  .transform(Number);
const integer = (description: string, minimum: number, maximum: number, example: number) => ({
  ...{ type: 'integer', description, minimum, maximum, examples: [example] },
});

const job = digits.pipe(jobNumber).meta(integer("The job's number in the escrow.", 1, MOST, 7));
const round = digits.pipe(u32.min(1)).meta(integer('The round, from 1.', 1, LARGEST_U32, 2));
const attempt = digits.pipe(u32.min(1)).meta(integer('The attempt at the round, from 1.', 1, LARGEST_U32, 1));
const member = digits
  .pipe(u32)
  .meta(integer("The member's index in the frozen roster, from 0.", 0, LARGEST_U32, 2));

export const none = z.object({});
export const jobPath = z.object({ job });
export const attemptPath = z.object({ job, round, attempt });
export const memberPath = z.object({ job, round, attempt, member });

/** draft-ietf-httpapi-idempotency-key-header-07 §2: sent again with it, a request that was answered does nothing anew. */
export const idempotency = z.object({
  'idempotency-key': z
    .string()
    .regex(/^[\x21-\x7e]{1,128}$/, 'expected 1 to 128 printable characters')
    .optional()
    .meta({
      description:
        'Of your choice, new for each request that is not a repetition. For 24 hours the same key with the same body gets the ' +
        'same answer, and nothing is made twice.',
      examples: ['5f8d0d1e-6f0a-4c55-a2cb-1f5a3d1c9b57'],
    }),
});

const MOST_JOBS = 1000;
const JOBS_BY_DEFAULT = 100;

/** A page of the jobs, which come in ascending order of their numbers. */
export const pageQuery = z.object({
  limit: digits
    .pipe(z.int().min(1).max(MOST_JOBS))
    .default(JOBS_BY_DEFAULT)
    .meta({ ...integer('How many at most.', 1, MOST_JOBS, 20), default: JOBS_BY_DEFAULT }),
  after: digits
    .pipe(z.int().min(0))
    .default(0)
    .meta({
      ...integer('Only jobs with a larger number: the last one of the page before.', 0, MOST, 7),
      default: 0,
    }),
});

const LONGEST_WAIT_SECONDS = 60;

const LONGEST_STREAM_SECONDS = 3600;

/** How long a stream goes on. */
export const streamQuery = z.object({
  wait: digits
    .pipe(z.int().min(0))
    .transform((seconds) => Math.min(seconds, LONGEST_STREAM_SECONDS))
    .default(LONGEST_STREAM_SECONDS)
    .meta({
      ...integer(
        'How many seconds at most the stream goes on; 0: it ends with what there is. More than ' +
          `${LONGEST_STREAM_SECONDS} are as many.`,
        0,
        MOST,
        600,
      ),
      default: LONGEST_STREAM_SECONDS,
    }),
});

/** How a long poll waits, and for whose view. */
export const pollQuery = z.object({
  after: digits
    .pipe(z.int().min(0))
    .optional()
    .meta(integer('A revision: the answer waits until there is a later one.', 0, MOST, 5)),
  wait: digits
    .pipe(z.int().min(0))
    .transform((seconds) => Math.min(seconds, LONGEST_WAIT_SECONDS))
    .default(0)
    .meta({
      ...integer(
        `How many seconds at most it waits; more than ${LONGEST_WAIT_SECONDS} are as many.`,
        0,
        MOST,
        20,
      ),
      default: 0,
    }),
  seat: digits
    .pipe(u32)
    .optional()
    .meta(integer('Whose view of a sparse attempt is wanted (§4.9).', 0, LARGEST_U32, 3)),
});
