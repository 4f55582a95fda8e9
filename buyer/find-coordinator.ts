/** Who answers at a coordinator's URL: the account that a job must name. protocol.md §4.1, §5.3 */
import { TributaryError } from '#crypto/error.ts';
import { coordinatorApi, type CoordinatorApi } from '#protocol/http/coordinator-api.ts';
import type { Domain } from '#protocol/typed-data.ts';
import type { Address } from '#protocol/units.ts';

/**
 * Asks the coordinator for its account. It could name another's, and would then settle nothing: the escrow takes
 * rounds from the job's coordinator alone.
 *
 * @param expected the account that it must be; null takes its word
 * @throws TributaryError `launch/other-coordinator` where it serves another chain or escrow, or is another account;
 *   `launch/draining`; `coordinator/…`
 */
export async function findCoordinator(
  url: string,
  domain: Domain,
  expected: Address | null,
  connect: (url: string) => Pick<CoordinatorApi, 'status'> = coordinatorApi,
): Promise<Readonly<{ url: string; address: Address }>> {
  const { chainId, escrow, coordinator, draining = false } = await connect(url).status();
  if (chainId !== domain.chainId || escrow !== domain.escrow) {
    throw new TributaryError(
      'launch/other-coordinator',
      `the coordinator at ${url} serves ${chainId}:${escrow}, not ${domain.chainId}:${domain.escrow}: choose another`,
    );
  }
  if (expected !== null && coordinator !== expected) {
    throw new TributaryError(
      'launch/other-coordinator',
      `the coordinator at ${url} is ${coordinator}, not ${expected}: correct the URL or the address`,
    );
  }
  if (draining) {
    throw new TributaryError(
      'launch/draining',
      `the coordinator at ${url} takes on no job now: choose another, or launch later`,
    );
  }
  return { url, address: coordinator };
}
