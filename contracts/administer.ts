/** Hands a new deployment's administration over: roles with their delays, the first fee and arbiter. protocol.md §5.7 */
import { Interface } from 'ethers';
import type { Address, Hex } from '#protocol/units.ts';
import { administration } from './bindings/administration.ts';
import { openingPolicy } from './bindings/opening-policy.ts';
import type { Deployment } from './deployment.ts';
import type { Transactor } from './transact.ts';
import { writeContract } from './typed-contract.ts';

export type Governance = Readonly<{
  /** May change fee and arbiters, pause new jobs, and name others who may; by default the deployer. */
  admin?: Address;
  /** Seconds between the announcement of a change and the change; pausing alone takes effect at once. None by default. */
  delay?: number;
  /** Basis points of a unit's price, 0 to 500. */
  fee?: number;
  arbiter?: Readonly<{ address: Address; fee: bigint }>;
}>;

/** OpenZeppelin's AccessManager: whoever has it may grant roles. */
export const ADMIN_ROLE = 0n;
/** May set the fee and list arbiters, after the delay. */
export const CONDITIONS_ROLE = 1n;
/** May stop new jobs, at once. */
export const PAUSE_ROLE = 2n;

/** The restricted functions of the policy, by the role that may call them. A test holds them against the ABI. */
export const restrictedBy = {
  conditions: ['setFee', 'listArbiter', 'removeArbiter'],
  pause: ['setPaused'],
} as const;

/** @param transactor of the deployer, who is the first administrator and, unless it is `admin`, none after this */
export async function administer(
  transactor: Transactor,
  deployment: Pick<Deployment, 'administration' | 'policy'>,
  { admin = transactor.address, delay = 0, fee = 0, arbiter }: Governance,
): Promise<void> {
  const manager = writeContract(administration, deployment.administration, transactor);
  const policy = writeContract(openingPolicy, deployment.policy, transactor);
  const { address: judge, fee: arbiterFee } = arbiter ?? { address: transactor.address, fee: 0n };

  // The deployer holds the administrator's role, which is needed for what has no role yet.
  if (fee > 0) await policy.send.setFee(fee);
  await policy.send.listArbiter(judge, arbiterFee);
  await manager.send.setTargetFunctionRole(
    deployment.policy,
    selectors(restrictedBy.conditions),
    CONDITIONS_ROLE,
  );
  await manager.send.setTargetFunctionRole(deployment.policy, selectors(restrictedBy.pause), PAUSE_ROLE);
  await manager.send.grantRole(CONDITIONS_ROLE, admin, delay);
  await manager.send.grantRole(PAUSE_ROLE, admin, 0);
  await manager.send.grantRole(ADMIN_ROLE, admin, delay);
  if (admin !== transactor.address) await manager.send.renounceRole(ADMIN_ROLE, transactor.address);
}

function selectors(names: readonly string[]): Hex[] {
  const policy = new Interface(openingPolicy.abi);
  return names.map((name) => {
    const found = policy.getFunction(name);
    if (found === null) throw new TypeError(`the policy has no ${name}`);
    return found.selector as Hex;
  });
}
