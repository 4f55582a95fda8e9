/** What the auditor finds when the coordinator is gone. */
import { command } from './processes.ts';
import type { Stack } from './stack.ts';

export type Audited = Readonly<{ job: string; levels: readonly number[]; settled: number; passed: boolean }>;

/** All levels, from chain, IPFS and the evidence that the buyer gave. */
export async function audit(stack: Stack, job: string, say: (text: string) => void): Promise<Audited> {
  const evidence = stack.folder('buyer', 'evidence');
  const { code, line, errors } = await command(['audit', job, '--evidence', evidence], stack.home('auditor'));
  const passed = code === 0 && line['passed'] === true;
  if (!passed) say(`the audit did not pass: ${JSON.stringify(line).slice(0, 4000)} ${errors.slice(-1000)}`);
  return {
    job,
    levels: (line['levels'] ?? []) as number[],
    settled: Number(line['settled'] ?? 0),
    passed,
  };
}

export const auditText = ({ levels, settled, passed }: Audited): string =>
  `audit with the coordinator gone: levels ${levels.join(', ')} of ${settled} rounds ${passed ? 'passed' : 'did NOT pass'}`;
