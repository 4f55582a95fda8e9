/** Runs an audit and tells what it did not pass: what tests compare. */
import { audit } from '#auditor/audit.ts';
import { levels as allLevels, type Level } from '#auditor/check.ts';
import { checks } from '#auditor/checks.ts';
import type { Finding } from '#auditor/report.ts';
import { subjectOf, type Given } from '#auditor/subject.ts';
import { verdictOf, type Verdict } from '#auditor/verdict.ts';

/** `id @ place: code` of a failure, `id @ place: not checked` of what had no basis. */
export const line = ({ id, place, verdict }: Finding): string =>
  `${id} @ ${place}: ${verdict.result === 'failed' ? verdict.code : verdict.result}`;

export async function faults(given: Given, levels: readonly Level[] = allLevels): Promise<string[]> {
  const { findings } = await audit(given, { levels });
  return findings.filter(({ verdict }) => verdict.result !== 'passed').map(line);
}

/** What one check says at one place, whatever the others say. */
export async function finding(given: Given, id: string, place: string): Promise<Verdict> {
  const subject = subjectOf(given);
  const check = checks.find((one) => one.id === id);
  if (check?.scope === 'job') return verdictOf(() => check.run(subject));
  const round = subject.rounds.find((one) => one.place === place);
  if (!check || !round) throw new Error(`the audit asks no ${id} at ${place}`);
  return verdictOf(() => check.run(round, subject));
}
