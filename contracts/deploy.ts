/** Puts the contracts on a chain, and on a local one the test coin. */
import { getCreateAddress, keccak256 } from 'ethers';
import { TributaryError } from '#crypto/error.ts';
import { toAddress, toBytes32, type Address, type Bytes32 } from '#protocol/units.ts';
import { administer, type Governance } from './administer.ts';
import { deployContract, type Deployed } from './artifact.ts';
import { accessToken } from './bindings/access-token.ts';
import { administration } from './bindings/administration.ts';
import { datasetRegistry } from './bindings/dataset-registry.ts';
import { disputes } from './bindings/disputes.ts';
import { openingPolicy, type Floors } from './bindings/opening-policy.ts';
import { seatReader } from './bindings/seat-reader.ts';
import { testCoin } from './bindings/test-coin.ts';
import { trainingEscrow } from './bindings/training-escrow.ts';
import type { ContractName, Deployment } from './deployment.ts';
import { LOCAL_CHAIN, seedOffsetFor } from './provider.ts';
import type { Transactor } from './transact.ts';
import type { TypedAbi } from './typed-abi.ts';

export type DeployOptions = Readonly<{
  /** An ERC-20 that takes no fee and does not rebase; left out, a test coin is deployed. */
  paymentToken?: Address;
  /** Blocks from a roster's commitment to its seed, at least 1; by default the chain's. protocol.md §5.4 */
  seedOffset?: number;
  /** Seconds for the coordinator's bond, and for the arbiter's judgement; a day and three by default, less locally. */
  defenceWindow?: number;
  judgementWindow?: number;
  /** Credited with the fees of claimed units; by default the deployer. */
  feeRecipient?: Address;
  /** Who may change the policy, and what it says at first; by default the deployer, at once, with itself as arbiter. */
  governance?: Governance;
}>;

/**
 * @param floors least round timeout and windows in seconds that any job of this deployment may have
 * @throws TributaryError `escrow/zero-seed-offset`, `escrow/zero-window`; `escrow/only-on-a-local-chain` for a test coin
 *   elsewhere; as `Transactor.send`
 */
export async function deploy(
  transactor: Transactor,
  floors: Floors,
  options: DeployOptions = {},
): Promise<Deployment> {
  const { chainId, address: deployer } = transactor;
  const local = chainId === LOCAL_CHAIN;
  const token = options.paymentToken ?? (await deployContract(transactor, testCoin, [])).created;
  const registry = await place(transactor, datasetRegistry, []);
  const access = await place(transactor, accessToken, [registry.created, token]);
  const authority = await place(transactor, administration, [deployer]);
  const policy = await place(transactor, openingPolicy, [authority.created, floors]);
  // The two know each other, so the address of the second has to be known before it is there.
  const nonce = await transactor.provider.getTransactionCount(deployer);
  const escrowAddress = toAddress(getCreateAddress({ from: deployer, nonce: nonce + 1 }));
  const court = await place(transactor, disputes, [
    escrowAddress,
    token,
    options.defenceWindow ?? (local ? 60 : 86_400),
    options.judgementWindow ?? (local ? 120 : 259_200),
  ]);
  const escrow = await place(transactor, trainingEscrow, [
    access.created,
    policy.created,
    court.created,
    options.feeRecipient ?? deployer,
    options.seedOffset ?? seedOffsetFor(chainId),
  ]);
  if (escrow.created !== escrowAddress) {
    throw new TributaryError(
      'chain/failed',
      'another transaction of the deployer came between: send nothing else from this account, and deploy again',
    );
  }
  const reader = await place(transactor, seatReader, [escrow.created]);
  const made = {
    registry,
    accessToken: access,
    escrow,
    administration: authority,
    policy,
    disputes: court,
    seatReader: reader,
  };
  const deployment = {
    version: 2 as const,
    chainId,
    ...each(made, ({ created }) => created),
    paymentToken: token,
    blocks: each(made, ({ block }) => block),
    contracts: each(made, ({ codeHash, constructorArguments }) => ({ codeHash, constructorArguments })),
  };
  await administer(transactor, deployment, options.governance ?? {});
  return deployment;
}

/** Deploys one of ours, and reads what stands there. */
async function place<R, W, E, C extends readonly unknown[]>(
  transactor: Transactor,
  contract: TypedAbi<R, W, E, C>,
  args: C,
): Promise<Deployed & Readonly<{ codeHash: Bytes32 }>> {
  const deployed = await deployContract(transactor, contract, args);
  const code = await transactor.provider.getCode(deployed.created);
  return { ...deployed, codeHash: toBytes32(keccak256(code)) };
}

type Made<T> = Readonly<Record<ContractName, T>>;

/** In the order of the record. */
const each = <T, V>(made: Made<T>, value: (one: T) => V): Made<V> => ({
  registry: value(made.registry),
  accessToken: value(made.accessToken),
  escrow: value(made.escrow),
  administration: value(made.administration),
  policy: value(made.policy),
  disputes: value(made.disputes),
  seatReader: value(made.seatReader),
});
