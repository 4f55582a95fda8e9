/** Puts the three contracts on a chain, and on a local one the test coin. */
import type { Address } from '#protocol/units.ts';
import { deployContract } from './artifact.ts';
import { accessToken } from './bindings/access-token.ts';
import { datasetRegistry } from './bindings/dataset-registry.ts';
import { testCoin } from './bindings/test-coin.ts';
import { trainingEscrow, type Floors } from './bindings/training-escrow.ts';
import type { Deployment } from './deployment.ts';
import { seedOffsetFor } from './provider.ts';
import type { Transactor } from './transact.ts';

/**
 * @param floors least round timeout and windows in seconds that any job of this deployment may have
 * @param paymentToken an ERC-20 that takes no fee and does not rebase; left out, a test coin is deployed
 * @param seedOffset blocks from a roster's commitment to its seed, at least 1. protocol.md §5.4
 * @throws TributaryError `escrow/zero-seed-offset`; `escrow/only-on-a-local-chain` for a test coin elsewhere; as `Transactor.send`
 */
export async function deploy(
  transactor: Transactor,
  floors: Floors,
  paymentToken?: Address,
  seedOffset: number = seedOffsetFor(transactor.chainId),
): Promise<Deployment> {
  const token = paymentToken ?? (await deployContract(transactor, testCoin, [])).created;
  const registry = await deployContract(transactor, datasetRegistry, []);
  const access = await deployContract(transactor, accessToken, [registry.created, token]);
  const escrow = await deployContract(transactor, trainingEscrow, [access.created, floors, seedOffset]);
  return {
    chainId: transactor.chainId,
    registry: registry.created,
    accessToken: access.created,
    escrow: escrow.created,
    paymentToken: token,
    blocks: { registry: registry.block, accessToken: access.block, escrow: escrow.block },
  };
}
