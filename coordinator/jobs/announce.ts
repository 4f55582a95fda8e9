/** The rules of a job's next attempt, from its terms and the chain; or that there is none. protocol.md §4.2, §5.1 */
import type { SendingContracts } from '#contracts/connect.ts';
import { voidingsOf } from '#contracts/events.ts';
import { readJobFacts, type JobFacts } from '#contracts/job-facts.ts';
import { digestHex } from '#model/model-store.ts';
import { seatsOf } from '#protocol/rules/bitmap.ts';
import { largestRoster } from '#protocol/rules/sparse.ts';
import { toSeconds } from '#protocol/units.ts';
import { freeAttempt } from '../agreement/free-attempt.ts';
import type { Clock } from '../driver/clock.ts';
import type { Performers } from '../driver/perform.ts';
import { leastMembers, type AttemptRules, type SeatStanding } from '../round/base.ts';
import { roundLost } from '../settlement/posting.ts';
import type { LineageBefore, LoadLineage } from './lineage.ts';

/**
 * The round follows from the chain, so that a coordinator whose folder was lost goes on where the job is.
 * Null where the job is over: all rounds settled, closed, past its cutoff, or without enough seats to pay for a round.
 */
export function announcer(
  contracts: SendingContracts,
  loadLineage: LoadLineage,
  clock: Clock,
): Performers['announce'] {
  return async (next) => {
    const { state, cutoff, rounds, settlements } = await readJobFacts(contracts, next.job);
    const round = Math.max(settlements.length + 1, next.round);
    if (state !== 'active' || clock.now() >= cutoff || round > rounds) return null;
    await assertNeverPosted(contracts, next.job, round);
    const attempt = round === next.round ? next.attempt : 1;
    const lineage = await loadLineage({ job: next.job, round });
    const id = { job: next.job, round, attempt };
    const rules = rulesOf(lineage, lineage.job.sparse ? await freeAttempt(contracts, id) : id, clock);
    return canMeet(rules) ? rules : null;
  };
}

/** A second sum of a round that was posted once would be the difference attack (§4.8), whatever became of the posting. */
async function assertNeverPosted(contracts: SendingContracts, job: number, round: number): Promise<void> {
  const voidings = await voidingsOf(contracts, BigInt(job));
  if (!voidings.some(({ args }) => args.round <= round && round <= args.last)) return;
  throw roundLost(job, round);
}

function rulesOf(
  { job, facts, before }: LineageBefore,
  id: Readonly<{ job: number; round: number; attempt: number }>,
  clock: Clock,
): AttemptRules {
  const { chainId, escrow } = job.id;
  return {
    domain: { chainId, escrow },
    expected: { ...id, ...job.digests, model: digestHex(before) },
    aggregation: job.parameters,
    sparse: job.sparse,
    buyer: facts.buyer,
    seats: standings(facts),
    minimumCohort: job.manifest.minimumCohort,
    phases: job.manifest.phases,
    announcedAt: clock.now(),
    cutoff: toSeconds(facts.cutoff),
    evidence: job.manifest.evidence,
  };
}

/** Every settled round that has a seat's bit took one of its units. */
function standings({ seats, settlements }: JobFacts): SeatStanding[] {
  const earned = settlements.flatMap(({ participants }) => seatsOf(participants));
  return seats.map(({ seat, dataset, operator, owner, units }) => ({
    dataset: Number(dataset),
    operator,
    owner,
    unitsLeft: units - earned.filter((one) => one === seat).length,
  }));
}

/** Whether as many owners as a roster needs have a seat that can still be paid. */
function canMeet({ seats, minimumCohort, sparse }: AttemptRules): boolean {
  const owners = new Set(seats.filter(({ unitsLeft }) => unitsLeft > 0).map(({ owner }) => owner));
  const needed = leastMembers({ minimumCohort });
  return needed <= largestRoster(sparse) && owners.size >= needed;
}
