/** An audit, read aloud: every check of the asked-for levels, in order, of a job and each of its rounds. protocol.md §6 */
import type { Check, Level } from './check.ts';
import { checks } from './checks.ts';
import { reportOf, type Finding, type Report } from './report.ts';
import { subjectOf, type Given, type RoundSubject, type Subject } from './subject.ts';
import { notChecked, verdictOf, type Verdict } from './verdict.ts';

export type AuditOptions = Readonly<{
  levels: readonly Level[];
  /** Which questions of these levels are asked; all where it is left out. `place` is `job`, or as `round 3`. */
  asks?: (id: string, place: string) => boolean;
  /** Told of each finding as it is made. */
  onFinding?: (finding: Finding) => void;
}>;

/**
 * Audits a job. A check that fails stops no other; one whose basis is gone says that it was not asked.
 *
 * @returns what was found; nothing is thrown for what is wrong with the job or the copies
 */
export async function audit(
  given: Given,
  { levels, asks = () => true, onFinding = () => undefined }: AuditOptions,
): Promise<Report> {
  const subject = subjectOf(given);
  const findings: Finding[] = [];
  for (const check of checks) {
    if (!levels.includes(check.level)) continue;
    for (const [place, run] of questions(check, subject)) {
      if (!asks(check.id, place)) continue;
      const verdict = unmet(check, place, findings) ?? (await verdictOf(run));
      const finding = { level: check.level, id: check.id, place, verdict };
      findings.push(finding);
      onFinding(finding);
    }
  }
  return reportOf(subject, levels, findings);
}

/** A check's runs by place: one for the job, or one a settled round. */
function questions(check: Check, subject: Subject): [string, () => Promise<Verdict>][] {
  if (check.scope === 'job') return [['job', () => check.run(subject)]];
  return subject.rounds.map((round: RoundSubject) => [round.place, () => check.run(round, subject)]);
}

function unmet(check: Check, place: string, findings: readonly Finding[]): Verdict | undefined {
  const basis = findings.find(
    (finding) =>
      finding.place === place &&
      check.needs?.includes(finding.id) === true &&
      finding.verdict.result !== 'passed',
  );
  return basis && notChecked(`${basis.id} did not pass`);
}
