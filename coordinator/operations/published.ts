/** What a coordinator says in public of its policy, and the digest by which two of them are told apart. docs/operations.md */
import { createHash } from 'node:crypto';
import { toHex } from '#crypto/bytes.ts';
import type { CoordinatorStatus } from '#protocol/attempt-view.ts';
import { toBytes32, type Bytes32 } from '#protocol/units.ts';
import { quotaOf } from './limits.ts';
import type { OperationsPolicy } from './schema.ts';

/** SHA-256 of all settings, those that nobody wrote down too, in the schema's order as JSON. */
export const digestOf = (policy: OperationsPolicy): Bytes32 =>
  toBytes32(toHex(createHash('sha256').update(JSON.stringify(policy)).digest()));

/** Nothing of proxies: the operator's network is nobody's business. */
export function publishedPolicy(policy: OperationsPolicy): NonNullable<CoordinatorStatus['policy']> {
  const { address, caller, bodyBytes } = policy.limits;
  const { requests, bytes, jobs } = policy.quotas;
  return {
    digest: digestOf(policy),
    limits: { address, caller, bodyBytes },
    quotas: { requests: quotaOf(requests), bytes: quotaOf(bytes), jobs },
  };
}
