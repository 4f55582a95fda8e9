/** When attestations and the buyer's approval shorten the window, as the escrow counts it. protocol.md §5.3 */
import type { Proposal } from '#protocol/attempt-view.ts';
import { seatsOf } from '#protocol/rules/bitmap.ts';
import type { CompactSignature, Hex } from '#protocol/units.ts';

/** An attestation of a seat, over the terms that all attesters sign. */
export type SeatSignature = Readonly<{ seat: number; signature: CompactSignature }>;

/** What a settlement brings to shorten its window. */
export type Quorum = Readonly<{
  /** By ascending seat. */
  attestations: readonly SeatSignature[];
  approval: Hex;
}>;

/**
 * More than half of all seats, two thirds of the round's participants, and the buyer; null where one is missing.
 *
 * @param seats how many seats the job has
 */
export function quorumOf(
  seats: number,
  { participants }: Proposal,
  attestations: readonly SeatSignature[],
  approval: Hex | null,
): Quorum | null {
  const attesting = new Set(attestations.map(({ seat }) => seat));
  const present = seatsOf(participants);
  const signing = present.filter((seat) => attesting.has(seat));
  const holds = 2 * attesting.size > seats && 3 * signing.length >= 2 * present.length;
  return holds && approval !== null ? { attestations, approval } : null;
}
