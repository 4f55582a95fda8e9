/** `tributary audit JOB`: recompute a job; exit status 0 only if all asked-for levels pass. protocol.md §6 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { audit } from '#auditor/audit.ts';
import { levels, type Level } from '#auditor/check.ts';
import type { EvidenceCopy } from '#auditor/evidence-copies.ts';
import { readAuditFacts } from '#auditor/read-facts.ts';
import { reportText } from '#auditor/report-text.ts';
import { TributaryError } from '#crypto/error.ts';
import type { BlockSource } from '#datasets/blockstore.ts';
import { carBlockStore, type CarSource } from '#datasets/car.ts';
import { connectIpfs } from '#datasets/ipfs.ts';
import { readingContracts } from '../chain.ts';
import { jobNumber } from '../job-option.ts';
import { progress, result } from '../output.ts';
import { readSettings, type CommonOptions } from '../settings.ts';
import { auditFaultFile, notPassed } from './audit-fault.ts';

type AuditOptions = CommonOptions &
  Readonly<{ evidence?: string; car?: string; fault?: string; levels: number[] }>;

export async function auditJob(options: AuditOptions, job: string): Promise<void> {
  if (options.fault !== undefined) return auditFaultFile({ ...options, fault: options.fault }, job);
  const settings = readSettings(options);
  const asked = options.levels.map(toLevel);
  const evidence = await openEvidenceFolder(options.evidence);
  const copy = options.car === undefined ? null : await carBlockStore(options.car);
  const contracts = await readingContracts(settings);
  const { chainId, escrow } = contracts.deployment;
  try {
    const report = await audit(
      {
        domain: { chainId, escrow },
        facts: await readAuditFacts(contracts, jobNumber(job, contracts.deployment)),
        blocks: copy ?? connectIpfs(settings.ipfs),
        evidence,
        claimedHead: copy?.root,
      },
      {
        levels: asked,
        onFinding: ({ level, id, place }) =>
          settings.json ? undefined : progress(`level ${level}: ${id}, ${place}`),
      },
    );
    result(settings.json, { event: 'audited', ...report }, reportText(report));
    if (!report.passed) process.exitCode = notPassed;
  } finally {
    contracts.provider.destroy();
    for (const { source } of evidence) await source.close();
    await copy?.close();
  }
}

function toLevel(given: number): Level {
  const level = levels.find((known) => known === given);
  if (level === undefined)
    throw new TributaryError('audit/no-such-level', `levels are ${levels.join(', ')}, not ${given}`);
  return level;
}

/** One CAR a round, in any order. */
async function openEvidenceFolder(
  folder: string | undefined,
): Promise<(EvidenceCopy & { source: CarSource })[]> {
  if (folder === undefined) return [];
  const names = readFolder(folder).filter((name) => name.endsWith('.car'));
  return Promise.all(
    names.map(async (name) => {
      const source: CarSource & BlockSource = await carBlockStore(join(folder, name));
      return { root: source.root, source };
    }),
  );
}

function readFolder(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  } catch (cause) {
    throw new TributaryError(
      'evidence/no-folder',
      `${folder} can not be read: give the folder with the CAR files`,
      {
        cause,
      },
    );
  }
}
