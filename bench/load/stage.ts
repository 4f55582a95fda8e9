/** What a load begins with: a coordinator's folder with jobs whose members have all shared, and the uploads that they wait for. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Deployment } from '#contracts/deployment.ts';
import { openEmbedded } from '#coordinator/store/embedded-database.ts';
import { openRecords } from '#coordinator/store/records.ts';
import { encodeToken } from '#protocol/http/token.ts';
import type { Account } from '#test/support/chain.ts';
import { makeHome } from '#test/support/coordinator-command.ts';
import { attemptInMasking } from '../secagg-service/attempt-in-masking.ts';
import type { Upload } from './plan.ts';

export type Stage = Readonly<{
  /** A coordinator's, as it is before a run: each run has a copy. */
  home: string;
  uploads: string;
  vector: string;
}>;

export type Shape = Readonly<{ members: number; weights: number; jobs: number }>;

/**
 * One member of each job sends at first, so that its roster is in the coordinator's memory as enrolment would leave it there; then
 * the others of the first job, those of the second: as many as there are clients at any time.
 */
export async function setStage(
  root: string,
  deployment: Deployment,
  account: Account,
  { members, weights, jobs }: Shape,
): Promise<Stage> {
  const { chainId, escrow } = deployment;
  const stage = { home: join(root, 'seed'), uploads: join(root, 'uploads'), vector: join(root, 'vector') };
  await makeHome(stage.home, account.key.privateKey, deployment);
  const database = await openEmbedded({ folder: join(stage.home, 'coordinator') });
  const records = openRecords(database);
  const firsts: string[] = [];
  const others: string[] = [];
  for (let job = 1; job <= jobs; job++) {
    const { id, state, inputOf } = attemptInMasking(
      { chainId, escrow },
      account.address,
      members,
      weights,
      job,
    );
    const record = { job, state: 'active', rounds: 1, round: id.round, attempt: id.attempt } as const;
    const change = { job: record, attempts: [{ revision: 1, state }], message: null };
    await records.turn(job, (turn) => turn.save(change));
    for (let member = 0; member < members; member++) {
      const { envelope, vector } = inputOf(member);
      const path = `/v1/jobs/${job}/rounds/${id.round}/attempts/${id.attempt}/inputs/${member}`;
      const upload: Upload = { path, message: encodeToken(envelope), member };
      (member === 0 ? firsts : others).push(JSON.stringify(upload));
      if (job === 1 && member === 0) await writeFile(stage.vector, vector);
    }
  }
  await database.close();
  await writeFile(stage.uploads, [...firsts, ...others].join('\n'));
  return stage;
}
