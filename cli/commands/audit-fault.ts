/** `tributary audit JOB --fault FILE`: whether a proof of fault proves anything, by terms and chain alone. protocol.md §4.10 */
import { readFileSync } from 'node:fs';
import { auditFault } from '#auditor/fault.ts';
import { readCommitted } from '#contracts/attempts.ts';
import { readJobFacts } from '#contracts/job-facts.ts';
import { TributaryError } from '#crypto/error.ts';
import { carBlockStore } from '#datasets/car.ts';
import { connectIpfs } from '#datasets/ipfs.ts';
import { faultSchema, type Fault } from '#protocol/fault.ts';
import { readingContracts } from '../chain.ts';
import { jobNumber } from '../job-option.ts';
import { result } from '../output.ts';
import { readSettings, type CommonOptions } from '../settings.ts';

type FaultOptions = CommonOptions & Readonly<{ fault: string; car?: string }>;

/** Exit status of an audit that found something, or could not ask all; 1 is a failure of the command, 2 its wrong usage. */
export const notPassed = 3;

export async function auditFaultFile(options: FaultOptions, job: string): Promise<void> {
  const settings = readSettings(options);
  const fault = readFault(options.fault);
  const copy = options.car === undefined ? null : await carBlockStore(options.car);
  const contracts = await readingContracts(settings);
  const { chainId, escrow } = contracts.deployment;
  try {
    const verdict = await auditFault(
      {
        domain: { chainId, escrow },
        job: await readJobFacts(contracts, jobNumber(job, contracts.deployment)),
        blocks: copy ?? connectIpfs(settings.ipfs),
        committed: (id) => readCommitted(contracts, id),
      },
      fault,
    );
    const proven = verdict.result === 'passed';
    const text = proven
      ? `proven: ${verdict.detail}`
      : `proves nothing: ${'detail' in verdict ? verdict.detail : ''}`;
    result(settings.json, { event: 'fault-audited', ...verdict }, text);
    if (!proven) process.exitCode = notPassed;
  } finally {
    contracts.provider.destroy();
    await copy?.close();
  }
}

/** @throws TributaryError `fault/bad-file` where it is missing, or is no proof of fault */
export function readFault(path: string): Fault {
  try {
    return faultSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (cause) {
    throw new TributaryError('fault/bad-file', `${path} is no proof of fault, or is damaged`, { cause });
  }
}
