/** The coordinator with database, disk, driver and HTTP as it is; what it does on chain is done at once. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { openAccess } from '#coordinator/access/access.ts';
import { sealing } from '#coordinator/access/sealing.ts';
import { aggregator } from '#coordinator/aggregation/aggregate.ts';
import { attemptsIn } from '#coordinator/blobs/folder.ts';
import { systemClock } from '#coordinator/driver/clock.ts';
import { soleDuties } from '#coordinator/driver/duties.ts';
import { JobDriver } from '#coordinator/driver/job-driver.ts';
import { sweeper } from '#coordinator/driver/sweep.ts';
import { createApp } from '#coordinator/http/app.ts';
import type { LineageBefore } from '#coordinator/jobs/lineage.ts';
import { unwrittenPolicy } from '#coordinator/operations/keep.ts';
import { openLedger } from '#coordinator/quotas/ledger.ts';
import type { AttemptRules } from '#coordinator/round/base.ts';
import { approvalChecker } from '#coordinator/settlement/approval.ts';
import { openEmbedded } from '#coordinator/store/embedded-database.ts';
import { openEvidence } from '#coordinator/store/evidence-blocks.ts';
import { disk } from '#coordinator/store/files.ts';
import { openEventRows, partiesOf } from '#coordinator/store/job-events.ts';
import { openQuotaRows } from '#coordinator/store/quota-rows.ts';
import { openRecords } from '#coordinator/store/records.ts';
import { openVectors } from '#coordinator/store/vectors.ts';
import { toHex } from '#crypto/bytes.ts';
import { keepWebhooks } from '#coordinator/webhooks/webhooks.ts';
import type { BlockStore } from '#datasets/blockstore.ts';
import { openThreads } from '#model/unmasking/threads.ts';
import { digestOfText } from '#test/support/cohort.ts';

export type Running = Readonly<{ url: string; stop(): Promise<void> }>;

const log = { info: () => undefined, warn: console.error, error: console.error };
const never = () => Promise.reject(new Error('only a sparse attempt asks the chain'));

/** Begins one attempt of one job. @param lineage the job, as the chain has it before this round */
export async function runCoordinator(
  folder: string,
  rules: AttemptRules,
  lineage: LineageBefore,
  ipfs: BlockStore,
): Promise<Running> {
  const database = await openEmbedded({ folder });
  const records = openRecords(database);
  const vectors = openVectors(attemptsIn(join(folder, 'inputs'), disk));
  const evidence = openEvidence(attemptsIn(join(folder, 'evidence'), disk));
  const driver = await JobDriver.begin(
    {
      ...{ records, duties: soleDuties, clock: systemClock, log, hold: null, onHeld: () => undefined },
      performers: {
        sweep: sweeper(vectors),
        ...{ commitRoster: never, fixSurvivors: never, abortOnChain: never },
        aggregate: aggregator({
          ...{ records, vectors, evidence, ipfs, threads: openThreads },
          loadLineage: async () => lineage,
        }),
        settle: async () => ({ type: 'settled', transaction: digestOfText('transaction') }),
        announce: async () => null,
      },
    },
    1,
    rules,
  );
  if (!driver) throw new Error('the job is in the database already');
  const { chainId, escrow } = rules.domain;
  const noChain = { call: () => Promise.resolve('0x') };
  const url = () => 'http://127.0.0.1';
  const app = createApp({
    access: openAccess({
      ...{ database, provider: noChain, url, chainId, log, clock: systemClock },
      sealing: sealing(toHex(randomBytes(32))),
    }),
    ...{ records, vectors, evidence, log, clock: systemClock },
    events: openEventRows(database),
    webhooks: keepWebhooks({
      ...{ database, policy: () => unwrittenPolicy.current().webhooks, now: systemClock.now },
      parties: () => Promise.resolve(partiesOf(rules)),
    }),
    ...{ policy: unwrittenPolicy, coordinators: () => 1, isDraining: () => false },
    ledger: openLedger({ rows: openQuotaRows(database), clock: systemClock, log }),
    jobs: { list: () => [driver.view], driver: () => driver },
    checkApproval: approvalChecker(noChain),
    identity: {
      ...{ chainId, escrow, coordinator: lineage.facts.coordinator },
      ...{ instance: 'bench', database: database.engine },
    },
  });
  // As the real one: a busy sender pauses for longer than the few seconds that are the default.
  const server = createServer({ keepAliveTimeout: 75_000 }, app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      server.close();
      await driver.stop();
      server.closeAllConnections();
      await database.close();
    },
  };
}
