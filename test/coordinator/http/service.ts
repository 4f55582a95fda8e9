/** The real HTTP service over a real driver, with records in memory and files in a folder of its own; every answer documented. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { TransactionRequest } from 'ethers';
import { openAccess } from '#coordinator/access/access.ts';
import type { Secrets } from '#coordinator/access/secrets.ts';
import { sealing } from '#coordinator/access/sealing.ts';
import { attemptsIn } from '#coordinator/blobs/folder.ts';
import { JobDriver, type DriverParts } from '#coordinator/driver/job-driver.ts';
import { createApp } from '#coordinator/http/app.ts';
import type { HttpParts } from '#coordinator/http/parts.ts';
import type { Attempt } from '#coordinator/round/attempt.ts';
import { unwrittenPolicy } from '#coordinator/operations/keep.ts';
import { openLedger, type Ledger } from '#coordinator/quotas/ledger.ts';
import { openQuotaRows } from '#coordinator/store/quota-rows.ts';
import { approvalChecker } from '#coordinator/settlement/approval.ts';
import { openEvidence, type EvidenceBlocks } from '#coordinator/store/evidence-blocks.ts';
import { disk, type Disk } from '#coordinator/store/files.ts';
import { openVectors } from '#coordinator/store/vectors.ts';
import { partiesOf } from '#coordinator/store/job-events.ts';
import { defaultPolicy } from '#coordinator/operations/schema.ts';
import { keepWebhooks } from '#coordinator/webhooks/webhooks.ts';
import { TributaryError } from '#crypto/error.ts';
import { coordinatorApi, type CoordinatorApi } from '#protocol/http/coordinator-api.ts';
import { toAddress } from '#protocol/units.ts';
import { documentedServer } from '#test/support/documented/server.ts';
import { save } from '../store/save.ts';
import { driverParts, memoryLog, type ManualClock, type MemoryRecords } from '../fakes.ts';
import { domain, type Cohort } from '../fixtures.ts';
import { newFolder, removeFolder } from '../store/folder.ts';
import { lazyDatabase } from '../store/lazy-database.ts';

export type Service = Readonly<{
  url: string;
  api: CoordinatorApi;
  driver: JobDriver;
  records: MemoryRecords;
  clock: ManualClock;
  log: ReturnType<typeof memoryLog>;
  evidence: EvidenceBlocks;
  folder: string;
  ledger: Ledger;
  secrets: Secrets;
  /** Puts another disk under the vectors. */
  useDisk(other: Disk): void;
  stop(): Promise<void>;
}>;

/** What the chain answers who asks a contract about a signature. */
type Contract = (call: TransactionRequest) => Promise<string>;

export async function serve(
  members: Cohort,
  state: Attempt,
  changes: Partial<DriverParts> = {},
  http: Partial<HttpParts> = {},
  contract: Contract = () => Promise.resolve('0x'),
): Promise<Service> {
  const folder = await newFolder();
  const setup = driverParts(changes);
  const { id } = members;
  const job = { job: id.job, state: 'active', rounds: 3, round: id.round, attempt: id.attempt } as const;
  await save(setup.parts.records, { job, attempts: [{ revision: 1, state }], message: null });
  const driver = await JobDriver.resume(setup.parts, job);
  const evidence = openEvidence(attemptsIn(join(folder, 'evidence'), disk));
  let present = disk;
  const switched: Disk = {
    open: (path) => present.open(path),
    makeFolder: (path) => present.makeFolder(path),
    rename: (from, to) => present.rename(from, to),
    syncFolder: (path) => present.syncFolder(path),
    remove: (path) => present.remove(path),
  };
  const database = lazyDatabase(join(folder, 'access'));
  const provider = { call: contract };
  const ledger = openLedger({ rows: openQuotaRows(database), clock: setup.clock, log: setup.log });
  let url = '';
  const access = openAccess({
    database,
    provider,
    url: () => url,
    chainId: domain.chainId,
    clock: setup.clock,
    log: setup.log,
    sealing: sealing(`0x${'c0'.repeat(32)}`),
  });
  const app = createApp({
    jobs: {
      list: () => [driver.view],
      driver(number) {
        if (number === id.job) return driver;
        throw new TributaryError('job/unknown', `job ${number} is not here`);
      },
    },
    records: setup.parts.records,
    events: setup.records.events,
    vectors: openVectors(attemptsIn(join(folder, 'inputs'), switched)),
    evidence,
    checkApproval: approvalChecker(provider),
    access,
    webhooks: keepWebhooks({
      database,
      policy: () => ({ ...defaultPolicy.webhooks, hosts: ['receiver.internal:8080'] }),
      async parties(number) {
        if (number === id.job) return partiesOf(state.rules);
        throw new TributaryError('job/unknown', `job ${number} is not here`);
      },
      now: () => setup.clock.now(),
    }),
    clock: setup.clock,
    log: setup.log,
    policy: unwrittenPolicy,
    coordinators: () => 1,
    isDraining: () => false,
    ledger,
    identity: {
      ...{ ...domain, coordinator: toAddress(`0x${'c0'.repeat(20)}`) },
      ...{ instance: 'the-one', database: 'embedded' },
    },
    ...http,
  });
  const { server, flaws } = documentedServer(app);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    api: coordinatorApi(url),
    driver,
    ...setup,
    evidence,
    folder,
    ledger,
    secrets: access.secrets,
    useDisk: (other) => void (present = other),
    async stop() {
      await driver.stop();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
      await ledger.close();
      await database.close();
      await removeFolder(folder);
      if (flaws.length > 0) throw new Error(`not as docs/openapi.json says:\n${flaws.join('\n')}`);
    },
  };
}
