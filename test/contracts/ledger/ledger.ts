/**
 * What the contracts should hold, written a second time and plainly: whole lists in place of packed slots, sums in place
 * of tiers, a dispute beside its posting in place of bitmaps. Compared with the chain after every action.
 */
import type { Leaf } from '#contracts/bindings/training-escrow.ts';
import type { Address } from '#protocol/units.ts';
import { refuse } from './refused.ts';

/** @param operator number of the key that signs; null from a sale until the new owner sets one */
export type GhostDataset = { owner: Address; operator: number | null; retired: boolean };
export type GhostOffer = {
  dataset: number;
  price: bigint;
  validUntil: number;
  cap: number;
  sold: number;
  held: Map<Address, number>;
};
export type GhostSeat = {
  dataset: number;
  token: number;
  operator: number;
  price: bigint;
  fee: bigint;
  units: bigint;
  claimed: bigint;
  refunded: bigint;
  collected: bigint;
  bonus: bigint;
  /** Whether its leaf was shown to a refund, and what that leaf promised. */
  shown: boolean;
  bonusShown: bigint;
};
export type GhostDispute = {
  status: 'Open' | 'Defended' | 'Stood' | 'Voided' | 'Moot';
  challenger: Address;
  defender: Address | null;
  bond: bigint;
  deadline: number;
};
export type Posting = {
  job: GhostJob;
  round: number;
  leaves: readonly Leaf[];
  readyAt: number;
  quorum: boolean;
  dispute: GhostDispute | null;
  /** Taken back, with all later ones, by a dispute; or never posted at all. */
  fallen: boolean;
};
export type GhostAttempt = {
  round: number;
  attempt: number;
  outcome: 'Committed' | 'Survivors' | 'Aborted';
  since: number;
};
export type GhostJob = {
  id: number;
  state: 'Open' | 'Active' | 'Cancelled' | 'Closed';
  buyer: Address;
  coordinator: Address;
  arbiter: Address;
  arbiterFee: bigint;
  basisPoints: bigint;
  rounds: number;
  bonusPool: bigint;
  cutoff: number;
  readyAt: number;
  seats: GhostSeat[];
  /** All that were ever posted, in order. */
  postings: Posting[];
  /** Committed rosters, in order. */
  attempts: GhostAttempt[];
  /** Base units that came in, that the buyer was credited with, and that the fee recipient was. */
  deposited: bigint;
  credited: bigint;
  fees: bigint;
};

export type Ledger = {
  admin: Address;
  feeRecipient: Address;
  /** Where the money lies. */
  escrow: Address;
  disputes: Address;
  accessToken: Address;
  coins: Map<Address, bigint>;
  credits: Map<Address, bigint>;
  bondCredits: Map<Address, bigint>;
  policy: { basisPoints: number; paused: boolean; arbiters: Map<Address, bigint> };
  /** Numbered from 1 on the chain. */
  datasets: GhostDataset[];
  offers: GhostOffer[];
  jobs: GhostJob[];
};

/** As in `opening` of the tests. */
export const windows = { roundTimeout: 50, short: 100, long: 1_000 };

export function move({ coins }: Ledger, from: Address, to: Address, amount: bigint): void {
  const has = coins.get(from) ?? 0n;
  if (has < amount) refuse('balance-too-low');
  coins.set(from, has - amount);
  coins.set(to, (coins.get(to) ?? 0n) + amount);
}

export function credit(credits: Map<Address, bigint>, account: Address, amount: bigint): void {
  credits.set(account, (credits.get(account) ?? 0n) + amount);
}

export const jobBy = ({ jobs }: Ledger, id: number): GhostJob => jobs[id - 1] ?? refuse('no-such-job');

/** The rounds that count, from 1 without a gap. */
export const postedOf = ({ postings }: GhostJob): Posting[] => postings.filter(({ fallen }) => !fallen);

/** The first round that an open dispute keeps from being final; zero for none. */
export function frozenFrom(job: GhostJob): number {
  const held = postedOf(job).filter(({ dispute }) => dispute !== null && isOngoing(dispute));
  return held[0]?.round ?? 0;
}

export const isOngoing = ({ status }: GhostDispute): boolean => status === 'Open' || status === 'Defended';

export function isFinal(posting: Posting, now: number): boolean {
  const frozen = frozenFrom(posting.job);
  return !posting.fallen && (frozen === 0 || posting.round < frozen) && now >= posting.readyAt;
}
