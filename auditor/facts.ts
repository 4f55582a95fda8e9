/** All that an audit takes from the chain, read once. protocol.md §5 */
import type { JobFacts } from '#contracts/job-facts.ts';
import type { Committed } from '#protocol/rules/committed.ts';
import type { Address, Bytes32 } from '#protocol/units.ts';

/** An offer of access tokens, as it was made. */
export type OfferOnChain = Readonly<{ token: bigint; dataset: bigint; price: bigint }>;

/** Units that the escrow burnt for one seat: taken from `holder`, who had bought them. */
export type UnitsTaken = Readonly<{ seat: number; holder: Address; token: bigint; units: number }>;

/** A claim that was paid, in the order of the chain. `bonus` and `amount` are base units. */
export type ClaimOnChain = Readonly<{
  seat: number;
  round: number;
  units: number;
  bonus: bigint;
  amount: bigint;
}>;

/** What left a job beside claims, by the escrow's events; base units. */
export type MoneyOut = Readonly<{
  /** Credited to the buyer when the job was closed or cancelled, or when a round was voided after that. */
  ended: bigint;
  /** Credited to the buyer for posted rounds that seats did not earn. */
  unearned: bigint;
  /** Credited to the buyer of the bonus that no leaf promises. */
  bonus: bigint;
  /** Credited to the deployment, of the units that were claimed. */
  fees: bigint;
}>;

export type AuditFacts = Readonly<{
  job: JobFacts;
  /** What the escrow stores of each settled round, from round 1; zero where it stores nothing. */
  heads: readonly Bytes32[];
  /** The offer of each seat's token, in seat order; null where there is none. */
  offers: readonly (OfferOnChain | null)[];
  unitsTaken: readonly UnitsTaken[];
  /** The digest of each seat's dataset descriptor, in seat order. */
  descriptors: readonly Bytes32[];
  /**
   * Who owned each seat's dataset while a round ran: rounds from 1, then moments, then seats. The first moment is when the
   * round before was posted, or the last seat added; each further one, until the round's own posting, is a sale.
   */
  owners: readonly (readonly (readonly Address[])[])[];
  /** By seat, every operator that it had: an enrolment may be older than a rotation. */
  operators: readonly (readonly Address[])[];
  claims: readonly ClaimOnChain[];
  out: MoneyOut;
  /** What the escrow keeps of each round's attempt, rounds from 1; null where it was not told (a complete graph). */
  attempts: readonly (Committed | null)[];
}>;

/**
 * The owners of the seats' datasets while a round ran, in seat order, at each moment: at which of them its members looked,
 * the chain does not say, so what was so at one of them can't be denied. @param round from 1
 */
export function ownersDuring({ job, owners }: AuditFacts, round: number): [Address[], ...Address[][]] {
  const at = (moment: readonly Address[]) => job.seats.map(({ owner }, seat) => moment[seat] ?? owner);
  const [first = [], ...later] = owners[round - 1] ?? [];
  return [at(first), ...later.map(at)];
}
