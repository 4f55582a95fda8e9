/** A job named on the command line, of the deployment that the settings name. */
import { TributaryError } from '#crypto/error.ts';
import type { Deployment } from '#contracts/deployment.ts';
import { parseJobId } from '#protocol/job-id.ts';

/** @throws TributaryError `job/bad-id`, `job/elsewhere` for a job of another chain or escrow */
export function jobNumber(text: string, { chainId, escrow }: Deployment): number {
  const id = parseJobId(text);
  if (id.chainId !== chainId || id.escrow !== escrow) {
    throw new TributaryError(
      'job/elsewhere',
      `${text} is not of ${chainId}:${escrow}: give that deployment's record`,
    );
  }
  return id.job;
}
