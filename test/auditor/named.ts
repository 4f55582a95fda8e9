/** Whether an audit names a settled lie: one fault, at one place, and nothing else but what rests on it. */
import { expect } from 'chai';
import { audit } from '#auditor/audit.ts';
import { levels } from '#auditor/check.ts';
import { corrupted, type Lie } from './corrupt.ts';
import { line } from './found.ts';
import type { Lineage } from './lineage.ts';

/** What a lie is first named by. */
export type Named = Readonly<{ check: string; code: string; at: string; detail?: string }>;

const followers: Readonly<Record<string, readonly string[]>> = {
  'evidence.manifest': ['evidence.messages', 'evidence.secrets', 'aggregate.sum'],
  'evidence.messages': ['evidence.secrets', 'aggregate.sum'],
  'evidence.secrets': ['aggregate.sum'],
  'evidence.inputs': ['aggregate.sum'],
};

/** Settles a round by a lie and asks all levels. */
export async function expectNamed(
  of: Lineage,
  round: number,
  lie: Lie,
  { check, code, at, detail }: Named,
): Promise<void> {
  const { findings } = await audit(await corrupted(of, round, lie), { levels });
  const place = `round ${round}`;
  expect(findings.filter(({ verdict }) => verdict.result !== 'passed').map(line)).to.deep.equal([
    `${check} @ ${place}: ${code}`,
    ...(followers[check] ?? []).map((later) => `${later} @ ${place}: not checked`),
  ]);
  const verdict = findings.find((finding) => finding.id === check && finding.place === place)?.verdict;
  expect(verdict).to.include({ code, place: `${place} → ${at}` });
  if (detail !== undefined) expect(verdict).to.have.property('detail').that.contains(detail);
}

/** A list with one entry changed. */
export const withOne = <T>(list: readonly T[], index: number, change: (one: T) => T): T[] =>
  list.map((one, at) => (at === index ? change(one) : one));
