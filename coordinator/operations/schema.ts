/** What an operator lets its coordinator take on: the operations policy, one versioned YAML file. docs/operations.md */
import { z } from 'zod';
import { limits, quotas } from './limits.ts';

/** Less holds no round of any size, nor the database's own files. */
const LEAST_FREE_BYTES = 256 * 1024 * 1024;

const host = z
  .string()
  .max(260)
  .regex(/^(\[[0-9a-f:.]+\]|[0-9a-z.-]+)(:\d{1,5})?$/, 'expected host or host:port, in lower case');
const count = (most: number) => z.int().min(1).max(most);

/** Every key has a default, so that a file says only what it changes. A key that is not here is an error. */
export const operationsPolicy = z.strictObject({
  version: z.literal(1),
  /** Chain ids that it works on; none named: any. */
  chains: z.array(count(Number.MAX_SAFE_INTEGER)).default([]),
  /** What it takes on. A job that is larger waits until the policy allows it. */
  jobs: z
    .strictObject({
      /** Jobs at once. */
      active: count(100_000).default(1_000),
      /** Of a job. */
      seats: count(1_024).default(1_024),
      rounds: count(65_535).default(65_535),
      /** Weights of its model. */
      weights: count(2 ** 31).default(50_000_000),
      /** The smallest cohort that its terms may allow. */
      minimumCohort: count(1_024).min(3).default(3),
    })
    .prefault({}),
  /** How much anyone may ask in a minute, and at once. */
  limits,
  /** What one caller or buyer may use. */
  quotas,
  /** Room for masked inputs and evidence. A round that would need more waits before its members enrol. */
  storage: z
    .strictObject({
      /** To be left free on their disk. */
      freeBytes: z.int().min(0).max(Number.MAX_SAFE_INTEGER).default(LEAST_FREE_BYTES),
      /** Of all jobs, and of one; null: as much as there is. */
      bytes: count(Number.MAX_SAFE_INTEGER).nullable().default(null),
      jobBytes: count(Number.MAX_SAFE_INTEGER).nullable().default(null),
    })
    .prefault({}),
  /** Whom an account may have told of its jobs. */
  webhooks: z
    .strictObject({
      /** Of an account; 0: nobody makes any. */
      perAccount: z.int().min(0).max(1_000).default(20),
      /** Of the operator's own network, each as `host` or `host:port`: they may be reached though they are not public, and by http. */
      hosts: z.array(host).max(100).default([]),
    })
    .prefault({}),
});

export type OperationsPolicy = Readonly<z.infer<typeof operationsPolicy>>;

export const defaultPolicy: OperationsPolicy = operationsPolicy.parse({ version: 1 });
