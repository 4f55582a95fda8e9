/** A proof of fault that somebody was given, held against the job's terms and the chain alone. protocol.md §4.10 */
import type { BlockSource } from '#datasets/blockstore.ts';
import { loadJob, type JobOnChain } from '#model/job.ts';
import type { Fault } from '#protocol/fault.ts';
import type { AttemptId } from '#protocol/job-id.ts';
import type { Committed } from '#protocol/rules/committed.ts';
import { culpritOf, faultProven, type FaultBasis } from '#protocol/rules/fault.ts';
import type { Domain } from '#protocol/typed-data.ts';
import { failsBy, holds, type Verdict } from './verdict.ts';

export type FaultGiven = Readonly<{
  domain: Domain;
  job: JobOnChain & Pick<FaultBasis, 'seats'>;
  blocks: BlockSource;
  /** What the escrow holds of a sparse attempt. */
  committed(id: AttemptId): Promise<Committed>;
}>;

/** @throws TributaryError where chain or blocks are away: that is no verdict */
export async function auditFault(
  { domain, job: facts, blocks, committed }: FaultGiven,
  fault: Fault,
): Promise<Verdict> {
  const { sparse } = await loadJob(blocks, domain, facts);
  const { round, attempt } = fault.shares.message;
  const id = { job: facts.job, round, attempt };
  const basis = {
    domain,
    id,
    seats: facts.seats,
    sparse,
    committed: fault.roster.graph === 'sparse' ? await committed(id) : null,
  };
  const broken = faultProven(basis, fault);
  const place = `round ${round}, attempt ${attempt}`;
  return broken ? failsBy(place, broken) : holds(`${place}: ${culpritOf(fault)}`);
}
