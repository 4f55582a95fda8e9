/** An attempt's evidence in a file of its own, for as long as this client checks it. protocol.md §6.4 */
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { CID } from 'multiformats/cid';
import { TributaryError } from '#crypto/error.ts';
import { carBlockStore, type CarSource } from '#datasets/car.ts';
import { evidenceLimit, fetchEvidence } from '#model/fetch-evidence.ts';
import { flaw, type Flaw } from '#protocol/flaw.ts';
import type { Attempt, RoundApi } from './attempt.ts';

/** Whose evidence is fetched, by whom, and where it is put. */
export type EvidenceOf = Pick<Attempt, 'id' | 'job' | 'key' | 'now' | 'evidenceFolder'> &
  Readonly<{
    api: Pick<RoundApi, 'evidence'>;
    /** Of a posted round: it is checked beside the attempt that is under way. */
    posted?: true;
  }>;

/** What is wrong with evidence that came. That it doesn't come, or finds no room, is waited for. */
const wrong = new Set(['evidence/altered', 'evidence/too-big']);

/**
 * Evidence that was fetched once is not fetched again: the chain, or a node, may be away while it is checked.
 *
 * @returns the evidence, to be closed; or what is wrong with it
 * @throws TributaryError `evidence/unreachable` where the coordinator gives no answer or refuses, `car/unwritable`
 */
export async function evidenceOf(attempt: EvidenceOf, root: CID): Promise<CarSource | Flaw> {
  const { id, job, key, now, api } = attempt;
  const file = fileOf(attempt);
  const from = { api: { evidence: waited(api.evidence) }, domain: job.id, id, key, now };
  try {
    await fetchEvidence(file, root, evidenceLimit(job), from);
  } catch (error) {
    if (error instanceof TributaryError && wrong.has(error.code)) return flaw(error.code, error.message);
    throw error;
  }
  return carBlockStore(file);
}

/** The coordinator keeps it for whoever wants it later. */
export const dropEvidence = (attempt: EvidenceOf): Promise<void> => rm(fileOf(attempt), { force: true });

/** Makes the folder, without what an earlier run left in it. */
export async function emptyEvidenceFolder(home: string): Promise<string> {
  const folder = join(home, 'evidence');
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return folder;
}

/** One a job: the next attempt's takes its place. */
const fileOf = ({ evidenceFolder, job: { id }, posted }: EvidenceOf): string =>
  join(evidenceFolder, `${id.chainId}-${id.escrow}-${id.job}${posted ? '-posted' : ''}.car`);

/** Evidence that doesn't come is waited for, whatever the coordinator says of it. */
function waited(evidence: RoundApi['evidence']): RoundApi['evidence'] {
  return async function* (...request) {
    try {
      yield* evidence(...request);
    } catch (cause) {
      if (!(cause instanceof TributaryError)) throw cause;
      throw new TributaryError('evidence/unreachable', `no evidence from the coordinator: ${cause.message}`, {
        cause,
      });
    }
  };
}
