/**
 * What every seat of a job has earned, counted from the chain's events alone and written apart from the rules of the
 * product, so that a mistake in those shows. protocol.md §5.2
 */
import type { Contracts } from '#contracts/connect.ts';
import { readEvents } from '#contracts/events.ts';

/** Amounts in base units. */
export type SeatReckoning = Readonly<{
  seat: number;
  dataset: number;
  /** Rounds that it took part in and that stand, ascending. */
  rounds: readonly number[];
  /** Prices and its parts of the bonus. */
  pay: bigint;
  /** What the deployment takes of the buyer for those rounds, on top. */
  fees: bigint;
}>;

export type Reckoning = Readonly<{ settled: number; seats: readonly SeatReckoning[] }>;

/** @throws TributaryError `chain/…`; Error where there is no such job */
export async function reckon(contracts: Contracts, number: number): Promise<Reckoning> {
  const job = BigInt(number);
  const { escrow } = contracts;
  const [openings, seats, posted, voided] = await Promise.all([
    readEvents(contracts, escrow, 'JobOpened', { job }),
    readEvents(contracts, escrow, 'SeatAdded', { job }),
    readEvents(contracts, escrow, 'RoundSettled', { job }),
    readEvents(contracts, escrow, 'RoundsVoided', { job }),
  ]);
  const opening = openings[0]?.args.opening;
  if (!opening) throw new Error(`the chain has no job ${number}`);

  // The last posting of a round counts, unless it was taken back after it.
  const standing = new Map<number, readonly number[]>();
  const happened = [
    ...posted.map(({ block, logIndex, args }) => ({
      block,
      logIndex,
      round: args.round,
      seats: args.participants,
    })),
    ...voided.map(({ block, logIndex, args }) => ({ block, logIndex, round: args.round, seats: null })),
  ].sort((a, b) => a.block - b.block || a.logIndex - b.logIndex);
  for (const { round, seats: bitmap } of happened) {
    if (bitmap !== null) standing.set(round, bitsOf(bitmap));
    else for (const later of [...standing.keys()].filter((one) => one >= round)) standing.delete(later);
  }

  const bonusOfRound = opening.bonusPool / BigInt(opening.rounds);
  const reckoned = seats.map(({ args: { seat, dataset, price } }): SeatReckoning => {
    const rounds = [...standing].filter(([, members]) => members.includes(seat));
    const bonus = rounds.reduce((sum, [, members]) => sum + bonusOfRound / BigInt(members.length), 0n);
    const fee = (price * BigInt(opening.fee)) / 10_000n;
    return {
      seat,
      dataset: Number(dataset),
      rounds: rounds.map(([round]) => round).sort((a, b) => a - b),
      pay: BigInt(rounds.length) * price + bonus,
      fees: BigInt(rounds.length) * fee,
    };
  });
  return { settled: standing.size, seats: reckoned };
}

/** Places of the ones, the lowest bit of the first byte being 0. */
function bitsOf(bitmap: string): number[] {
  const bytes = bitmap.slice(2).match(/../g) ?? [];
  return bytes.flatMap((byte, at) =>
    [0, 1, 2, 3, 4, 5, 6, 7]
      .filter((bit) => (Number.parseInt(byte, 16) >> bit) % 2 === 1)
      .map((bit) => 8 * at + bit),
  );
}
