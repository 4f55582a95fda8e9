/** Where random actions are played: the chain, the plain ledger beside it, and the people who act. */
import type { SettlementRecord } from '#contracts/bindings/training-escrow.ts';
import type { Address, Bytes32 } from '#protocol/units.ts';
import type { Ledger, Posting } from '../ledger/ledger.ts';
import type { PayoutTree } from '../job.ts';
import { ARBITER_FEE, FUNDS, at, list, type Actor, type World } from '../world.ts';

/** What the chain holds of a posting, for claims and disputes to bring back. */
export type OnChain = Readonly<{ record: SettlementRecord; tree: PayoutTree; head: Bytes32 }>;

export type Stage = Readonly<{
  world: World;
  people: readonly Actor[];
  ledger: Ledger;
  onChain: Map<Posting, OnChain>;
  /** Of the last look at the chain: what must never go back. See invariants.ts. */
  seen: Map<string, bigint | string>;
}>;

/** Prices where a mistake shows: a gift, one, primes, and one that dwarfs the others. */
const PRICES = [7n, 0n, 250n, 1n, 1_000_003n];
const CAP = 4_000;
const BOUGHT = 1_500;

/** Coins and approvals for all, datasets on offer, units in the hands of two buyers: once, before all runs. */
export async function prepare(world: World): Promise<Ledger> {
  const { escrow, disputes, accessToken } = world.deployment;
  const people = peopleOf(world);
  for (const { address, contracts } of people) {
    await contracts.paymentToken.send.mint(address, FUNDS);
    for (const spender of [escrow, disputes, accessToken]) {
      await contracts.paymentToken.send.approve(spender, FUNDS * 1_000n);
    }
    await contracts.accessToken.send.setApprovalForAll(escrow, true);
  }
  const datasets = [];
  const offers = [];
  const validUntil = (await world.chain.now()) + 1_000_000;
  for (const [index, price] of PRICES.entries()) {
    const { owner } = await list(world, index, price, { cap: CAP, validUntil: BigInt(validUntil) });
    const held = new Map<Address, number>();
    for (const buyer of [world.buyer, world.stranger]) {
      await buyer.contracts.accessToken.send.buy(BigInt(index + 1), BigInt(BOUGHT));
      held.set(buyer.address, BOUGHT);
    }
    datasets.push({ owner: owner.address, operator: index, retired: false });
    offers.push({ dataset: index + 1, price, validUntil, cap: CAP, sold: 2 * BOUGHT, held });
  }
  const coins = new Map<Address, bigint>();
  for (const account of [...people.map(({ address }) => address), escrow, disputes, accessToken]) {
    coins.set(account, await world.buyer.contracts.paymentToken.read.balanceOf(account));
  }
  return {
    admin: world.deployer.address,
    feeRecipient: world.deployer.address,
    escrow,
    disputes,
    accessToken,
    coins,
    credits: new Map(),
    bondCredits: new Map(),
    policy: { basisPoints: 0, paused: false, arbiters: new Map([[world.arbiter.address, ARBITER_FEE]]) },
    datasets,
    offers,
    jobs: [],
  };
}

export function stageOf(world: World, ledger: Ledger): Stage {
  return {
    world,
    people: peopleOf(world),
    ledger: structuredClone(ledger),
    onChain: new Map(),
    seen: new Map(),
  };
}

export const peopleOf = ({ deployer, buyer, coordinator, stranger, arbiter, owners }: World): Actor[] => [
  ...[deployer, buyer, coordinator, stranger, arbiter],
  ...owners,
];

export const buyersOf = ({ world }: Stage): Actor[] => [world.buyer, world.stranger];
export const coordinatorsOf = ({ world }: Stage): Actor[] => [world.coordinator, at(world.owners, 5)];
export const arbitersOf = ({ world }: Stage): Actor[] => [world.arbiter, at(world.owners, 4)];

export const pick = <T>(items: readonly T[], number: number): T => at(items, number % items.length);

/** The next transaction's time: blocks are one second apart. */
export const upcoming = async ({ world }: Stage): Promise<number> => (await world.chain.now()) + 1;
