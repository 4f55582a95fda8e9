/** The contracts on a test chain, with an owner for each dataset, a buyer, a coordinator and a stranger. */
import { connectAs, type SendingContracts } from '#contracts/connect.ts';
import { deploy } from '#contracts/deploy.ts';
import type { Deployment } from '#contracts/deployment.ts';
import type { Address } from '#protocol/units.ts';
import { digestOfText, operatorAddress } from '#test/support/cohort.ts';
import { startTestChain, type Account, type TestChain } from '#test/support/chain.ts';

/** Least windows of the test deployment, in seconds. */
export const floors = { minRoundTimeout: 30, minShortWindow: 60, minLongWindow: 600 };

export type Actor = Account & Readonly<{ contracts: SendingContracts }>;

export type World = Readonly<{
  chain: TestChain;
  deployment: Deployment;
  deployer: Actor;
  buyer: Actor;
  coordinator: Actor;
  stranger: Actor;
  /** Answers disputes; its fee is `ARBITER_FEE`. */
  arbiter: Actor;
  owners: readonly Actor[];
  /** Before each test: the state after deployment and funding. */
  reset(): Promise<void>;
  stop(): Promise<void>;
}>;

export const FUNDS = 10n ** 15n;
const OWNERS = 6;
export const ARBITER_FEE = 1_000n;
/** Seconds for the coordinator's bond and for the judgement. */
export const disputeWindows = { defenceWindow: 200, judgementWindow: 300 };

/**
 * @param tokenOf deploys another payment token than the test coin; it must have its `mint` and `approve`
 * @param options bonds: buyer, coordinator and stranger have coins for bonds, approved; else nobody has approved any
 */
export async function startWorld(
  tokenOf?: (chain: TestChain) => Promise<Address>,
  options: Readonly<{ chainId?: number; bonds?: boolean }> = {},
): Promise<World> {
  const chain = await startTestChain({ ...options, accounts: 5 + OWNERS });
  const [first] = chain.accounts;
  if (first === undefined) throw new Error('the chain has no accounts');
  const paymentToken = await tokenOf?.(chain);
  const deployment = await deploy(first.transactor, floors, {
    ...disputeWindows,
    ...(paymentToken === undefined ? {} : { paymentToken }),
    governance: { arbiter: { address: at(chain.accounts, 4).address, fee: ARBITER_FEE } },
  });
  const actors = chain.accounts.map((account) => ({
    ...account,
    contracts: connectAs(deployment, account.transactor),
  }));
  const [deployer, buyer, coordinator, stranger, arbiter, ...owners] = actors;
  if (!deployer || !buyer || !coordinator || !stranger || !arbiter)
    throw new Error('the chain has too few accounts');

  for (const actor of [buyer, stranger]) {
    await actor.contracts.paymentToken.send.mint(actor.address, FUNDS);
    await actor.contracts.paymentToken.send.approve(deployment.accessToken, FUNDS);
    await actor.contracts.paymentToken.send.approve(deployment.escrow, FUNDS);
    await actor.contracts.accessToken.send.setApprovalForAll(deployment.escrow, true);
  }
  if (options.bonds === true) {
    await coordinator.contracts.paymentToken.send.mint(coordinator.address, FUNDS);
    for (const actor of [buyer, coordinator, stranger]) {
      await actor.contracts.paymentToken.send.approve(deployment.disputes, FUNDS);
    }
  }
  let snapshot = await chain.snapshot();
  return {
    chain,
    deployment,
    deployer,
    buyer,
    coordinator,
    stranger,
    arbiter,
    owners,
    async reset() {
      await chain.revert(snapshot);
      snapshot = await chain.snapshot(); // a snapshot can be gone back to once
    },
    stop: () => chain.stop(),
  };
}

export type Listing = Readonly<{
  dataset: bigint;
  tokenId: bigint;
  price: bigint;
  owner: Actor;
  operator: number;
}>;

/** Registers the n-th dataset to an owner and offers it. */
export async function list(
  world: World,
  index: number,
  price: bigint,
  options: Readonly<{ cap?: number; validUntil?: bigint; owner?: Actor }> = {},
): Promise<Listing> {
  const owner = options.owner ?? at(world.owners, index % world.owners.length);
  const { registry, accessToken } = owner.contracts;
  const registered = await registry.send.register(
    digestOfText(`descriptor ${index}`),
    operatorAddress(index),
  );
  const { dataset } = at(registry.events('DatasetRegistered', registered.logs), 0).args;
  const validUntil = options.validUntil ?? BigInt((await world.chain.now()) + 1_000_000);
  const offered = await accessToken.send.offer(
    dataset,
    digestOfText('use'),
    price,
    validUntil,
    options.cap ?? 1_000,
  );
  const { tokenId } = at(accessToken.events('OfferMade', offered.logs), 0).args;
  return { dataset, tokenId, price, owner, operator: index };
}

/** The element that a test knows to be there. */
export function at<T>(items: readonly T[], index: number): T {
  const item = items[index];
  if (item === undefined) throw new Error(`there is no element ${index}`);
  return item;
}

/** Runs what must be refused. @returns the code, and fails the test when nothing is thrown */
export async function refusal(action: Promise<unknown>): Promise<string> {
  try {
    await action;
  } catch (error) {
    if (error instanceof Error && 'code' in error) return `${String(error.code)} ${error.message}`;
    throw error;
  }
  throw new Error('it was not refused');
}
