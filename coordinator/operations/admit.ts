/** Whether an operations policy lets a coordinator take on a job. */
import { flaw, type Flaw } from '#protocol/flaw.ts';
import type { AttemptRules } from '../round/base.ts';
import { mostMembers, roundBytes } from '../storage/need.ts';
import type { OperationsPolicy } from './schema.ts';

/** What a policy asks of a job. */
export type JobSize = Readonly<{
  rounds: number;
  rules: Pick<AttemptRules, 'domain' | 'buyer' | 'seats' | 'aggregation' | 'minimumCohort' | 'sparse'>;
}>;

/** Jobs that are under way: all, and those of the job's own buyer. */
export type UnderWay = Readonly<{ all: number; ofBuyer: number }>;

/** @returns null where it is admitted */
export function jobRefusal(
  { chains, jobs, quotas, storage }: OperationsPolicy,
  { rounds, rules }: JobSize,
  { all, ofBuyer }: UnderWay,
): Flaw | null {
  const { domain, buyer, seats, aggregation, minimumCohort } = rules;
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
  if (all >= jobs.active) {
    return flaw(
      'operations/too-many-jobs',
      `${all} jobs are under way, this coordinator takes ${jobs.active}`,
    );
  }
  return ofBuyer < quotas.jobs
    ? null
    : flaw(
        'operations/too-many-of-buyer',
        `${ofBuyer} jobs of ${buyer} are under way, this coordinator takes ${quotas.jobs} of one buyer`,
      );
}

export const chainRefusal = (chains: OperationsPolicy['chains'], chainId: number): Flaw | null =>
  chains.length === 0 || chains.includes(chainId)
    ? null
    : flaw(
        'operations/chain-not-accepted',
        `the operations policy accepts the chains ${chains.join(', ')}, this one is ${chainId}`,
      );
