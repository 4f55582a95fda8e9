/** A job's full name, `chain:escrow/number`. protocol.md §1.2 */
import { TributaryError } from '#crypto/error.ts';
import { fromHex } from '#crypto/bytes.ts';
import type { Context } from '#crypto/context.ts';
import type { Domain } from './typed-data.ts';
import { toAddress } from './units.ts';

export type JobId = Domain & Readonly<{ job: number }>;
/** One try at one secure average. */
export type AttemptId = Readonly<{ job: number; round: number; attempt: number }>;

export const formatJobId = ({ chainId, escrow, job }: JobId): string => `${chainId}:${escrow}/${job}`;

/** @throws TributaryError `job/bad-id` unless the text is `chain:escrow/number` */
export function parseJobId(text: string): JobId {
  const match = /^(\d{1,15}):(0x[0-9a-fA-F]{40})\/([1-9]\d{0,14})$/.exec(text);
  if (!match?.[2]) {
    throw new TributaryError(
      'job/bad-id',
      `"${text}" is no job: write chain:escrow/number, as in 31337:0x…/7`,
    );
  }
  return { chainId: Number(match[1]), escrow: toAddress(match[2]), job: Number(match[3]) };
}

/** The context that binds keys and digests to one attempt. */
export const contextOf = (domain: Domain, id: AttemptId): Context => ({
  chainId: BigInt(domain.chainId),
  escrow: fromHex(domain.escrow),
  job: BigInt(id.job),
  round: id.round,
  attempt: id.attempt,
});
