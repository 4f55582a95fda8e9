/** Whether an operations policy lets a coordinator take on a job. */
import { flaw, type Flaw } from '#protocol/flaw.ts';
import type { AttemptRules } from '../round/base.ts';
import { mostMembers, roundBytes } from '../storage/need.ts';
import type { OperationsPolicy } from './schema.ts';

/** What a policy asks of a job. */
export type JobSize = Readonly<{
  rounds: number;
  rules: Pick<AttemptRules, 'domain' | 'seats' | 'aggregation' | 'minimumCohort' | 'sparse'>;
}>;

/** @param active jobs that are under way. @returns null where it is admitted */
export function jobRefusal(
  { chains, jobs, storage }: OperationsPolicy,
  { rounds, rules }: JobSize,
  active: number,
): Flaw | null {
  const { domain, seats, aggregation, minimumCohort } = rules;
  const elsewhere = chainRefusal(chains, domain.chainId);
  if (elsewhere) return elsewhere;
  const over = (what: string, has: number, limit: number) =>
    `the job has ${has} ${what}, this coordinator takes ${limit}`;
  if (rounds > jobs.rounds) return flaw('operations/too-many-rounds', over('rounds', rounds, jobs.rounds));
  if (seats.length > jobs.seats)
    return flaw('operations/too-many-seats', over('seats', seats.length, jobs.seats));
  const { dimension } = aggregation;
  if (dimension > jobs.weights)
    return flaw('operations/too-many-weights', over('weights', dimension, jobs.weights));
  if (minimumCohort < jobs.minimumCohort) {
    return flaw(
      'operations/cohort-too-small',
      `the job's terms allow a cohort of ${minimumCohort}, this coordinator asks for ${jobs.minimumCohort}`,
    );
  }
  const round = roundBytes(rules, mostMembers(rules));
  const room = Math.min(storage.bytes ?? Infinity, storage.jobBytes ?? Infinity);
  if (round > room) return flaw('operations/too-much-storage', over('bytes a round', round, room));
  return active < jobs.active
    ? null
    : flaw('operations/too-many-jobs', `${active} jobs are under way, this coordinator takes ${jobs.active}`);
}

export const chainRefusal = (chains: OperationsPolicy['chains'], chainId: number): Flaw | null =>
  chains.length === 0 || chains.includes(chainId)
    ? null
    : flaw(
        'operations/chain-not-accepted',
        `the operations policy accepts the chains ${chains.join(', ')}, this one is ${chainId}`,
      );
