/** What each round cost an owner and paid it: from its own journal and the chain. protocol.md §4, §5.2 */
import type { JobFacts } from '#contracts/job-facts.ts';
import { seatsOf } from '#protocol/rules/bitmap.ts';
import type { Domain } from '#protocol/typed-data.ts';
import { fromAmount } from '#protocol/units.ts';
import { earnedPayouts } from './earned.ts';
import type { Journal } from './journal/journal.ts';
import { seatFor } from './terms.ts';

export type RoundStatus = Readonly<{
  round: number;
  /** Attempts that this client saw. */
  attempts: number;
  state: 'running' | 'settled';
  /** Whether the settled round counts this client's input. */
  took: boolean;
  /** Bytes of bodies sent, over all attempts. */
  bytesUp: number;
  /** From the first training to the last message, over all attempts. */
  seconds: number;
  /** Base units that the round earned, claimed or not. */
  earned: bigint;
}>;

/** Rounds of a job that this client saw or that were settled, ascending. */
export function roundStatuses(
  journal: Journal,
  domain: Domain,
  facts: JobFacts,
  dataset: number,
): RoundStatus[] {
  const seat = seatFor(facts, dataset);
  const attempts = journal.attemptsOf(domain, facts.job);
  const rounds = new Set([
    ...facts.settlements.map(({ round }) => round),
    ...attempts.map(({ round }) => round),
  ]);
  return [...rounds]
    .sort((a, b) => a - b)
    .map((round) => {
      const own = attempts.filter((id) => id.round === round);
      const costs = own.map((id) => journal.attempt(domain, id).cost()).filter((cost) => cost !== null);
      const settled = facts.settlements.find((settlement) => settlement.round === round);
      return {
        round,
        attempts: own.length,
        state: settled ? 'settled' : 'running',
        took:
          settled !== undefined && seat !== undefined && seatsOf(settled.participants).includes(seat.seat),
        bytesUp: costs.reduce((sum, { bytesUp }) => sum + bytesUp, 0),
        seconds: costs.reduce((sum, { started, lastSent }) => sum + lastSent - started, 0),
        earned: earnedUpTo(facts, dataset, round) - earnedUpTo(facts, dataset, round - 1),
      };
    });
}

function earnedUpTo(facts: JobFacts, dataset: number, round: number): bigint {
  const seat = seatFor(facts, dataset);
  const settlements = facts.settlements.filter((settlement) => settlement.round <= round);
  const leaf = seat && earnedPayouts({ ...facts, settlements })?.leaves[seat.seat];
  return leaf ? BigInt(leaf.units) * seat.price + fromAmount(leaf.bonus) : 0n;
}
