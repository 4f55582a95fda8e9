/** What an audit found, for a program and for a person. protocol.md §6 */
import { formatJobId } from '#protocol/job-id.ts';
import type { Amount } from '#protocol/units.ts';
import { toAmount } from '#protocol/units.ts';
import type { Level } from './check.ts';
import { moneyOf } from './money.ts';
import type { Subject } from './subject.ts';
import type { Verdict } from './verdict.ts';

/** One check at one place, `job` or `round 3`. */
export type Finding = Readonly<{ level: Level; id: string; place: string; verdict: Verdict }>;

/** JSON as it stands: amounts are decimal text of base units. */
export type Report = Readonly<{
  /** `chain:escrow/7` */
  job: string;
  levels: readonly Level[];
  /** Rounds settled on chain. */
  settled: number;
  /** All asked-for levels passed: every one of their checks was asked and held. */
  passed: boolean;
  findings: readonly Finding[];
  payouts: Readonly<{
    owed: Amount;
    claimed: Amount;
    seats: readonly Readonly<{ seat: number; units: number; owed: Amount; claimed: Amount }>[];
  }>;
}>;

export function reportOf(subject: Subject, levels: readonly Level[], findings: readonly Finding[]): Report {
  const { facts, domain, earnings } = subject;
  const money = moneyOf(facts, earnings);
  const total = (pick: 'owed' | 'claimed') => toAmount(money.reduce((sum, seat) => sum + seat[pick], 0n));
  return {
    job: formatJobId({ ...domain, job: facts.job.job }),
    levels,
    settled: facts.job.settlements.length,
    passed: levels.length > 0 && levels.every((level) => levelPassed(level, findings)),
    findings,
    payouts: {
      owed: total('owed'),
      claimed: total('claimed'),
      seats: money.map((seat) => ({ ...seat, owed: toAmount(seat.owed), claimed: toAmount(seat.claimed) })),
    },
  };
}

/** A level of which nothing was asked has not passed. */
export function levelPassed(level: Level, findings: readonly Finding[]): boolean {
  const own = findings.filter((finding) => finding.level === level);
  return own.length > 0 && own.every(({ verdict }) => verdict.result === 'passed');
}

/** The first failure, as one line: what a person looks at first. */
export function firstFailure({ findings }: Report): string | undefined {
  for (const { verdict } of findings) {
    if (verdict.result === 'failed') return `${verdict.place}: ${verdict.detail} (${verdict.code})`;
  }
  return undefined;
}
