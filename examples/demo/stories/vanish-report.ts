/** What is left when the coordinator has vanished: a table for people, one object for machines. */
import { auditText, type Audited } from '../audits.ts';
import { balancesText } from '../purses.ts';
import { leftText, type Accounts } from './accounts.ts';

export type VanishOutcome = Accounts &
  Readonly<{
    story: 'vanish';
    job: string;
    rounds: number;
    settled: number;
    /** What the coordinator left in the middle. */
    underWay: Readonly<{ round: number; phase: string }>;
    /** Seconds of the chain from the coordinator's death until every owner was paid. */
    claimedWithin: number;
    /** And from the job's cutoff until the buyer had the rest. */
    refundedWithin: number;
    audit: Audited;
    seconds: number;
  }>;

export function vanishText(outcome: VanishOutcome): string {
  const { underWay, claimedWithin, refundedWithin } = outcome;
  return [
    `settled: ${outcome.settled} of ${outcome.rounds} rounds; round ${underWay.round} was lost in ${underWay.phase}`,
    balancesText(outcome.pay),
    '',
    leftText(outcome.left),
    `every owner was paid ${claimedWithin} s after the coordinator died, the buyer ${refundedWithin} s after the cutoff`,
    auditText(outcome.audit),
    `${outcome.seconds} seconds`,
  ].join('\n');
}
