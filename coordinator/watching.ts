/** What a coordinator looks at again and again while it runs: new jobs, its settled rounds, disputes, evidence whose time is over. */
import { setTimeout as delay } from 'node:timers/promises';
import type { SendingContracts } from '#contracts/connect.ts';
import { LOCAL_CHAIN, confirmationsFor } from '#contracts/provider.ts';
import type { Address } from '#protocol/units.ts';
import { watchDisputes } from './disputes/watch.ts';
import type { Clock } from './driver/clock.ts';
import type { Duties } from './driver/duties.ts';
import type { Log } from './driver/log.ts';
import { poll } from './driver/poll.ts';
import type { Performers } from './driver/perform.ts';
import { keepSweeping } from './evidence-retention.ts';
import { finalityReader } from './jobs/finality.ts';
import type { JobList } from './jobs/job-list.ts';
import { watchJobs } from './jobs/watch.ts';
import { keepPosted } from './settlement/keep-posted.ts';
import type { EvidenceBlocks, KeptEvidence } from './store/evidence-blocks.ts';
import type { Records } from './store/records.ts';

export type WatchingParts = Readonly<{
  contracts: SendingContracts;
  coordinator: Address;
  jobs: JobList;
  duties: Duties;
  records: Records;
  evidence: EvidenceBlocks;
  kept: KeptEvidence;
  settle: Performers['settle'];
  /** Delivers what is due to webhooks. */
  deliver(): Promise<void>;
  clock: Clock;
  log: Log;
  signal: AbortSignal;
}>;

const LOCAL_POLL_MILLIS = 500;
const PUBLIC_POLL_MILLIS = 6_000;
const RETRY_MILLIS = 5_000;
const DELIVER_MILLIS = 1_000;
/** For a transaction that waits for its block when all is stopped; it is looked for after a start. */
const STOP_MILLIS = 2_000;

/** @returns when all have stopped looking, soon after the signal aborts */
export async function watch(parts: WatchingParts): Promise<void> {
  const { contracts, coordinator, jobs, duties, records, evidence, clock, log, signal } = parts;
  const { chainId } = contracts.deployment;
  const polling = {
    contracts,
    pollMillis: chainId === LOCAL_CHAIN ? LOCAL_POLL_MILLIS : PUBLIC_POLL_MILLIS,
    unsettledBlocks: confirmationsFor(chainId),
    log,
    signal,
  };
  const attempt: Parameters<typeof watchDisputes>[0]['attempt'] = async (id) =>
    (await records.attempt(id))?.state ?? null;
  /** Of a job that the database does not know, each looks for itself. */
  const isMine = (job: number): boolean => duties.has(job) || !jobs.has(job);
  const sending = Promise.all([
    keepPosted({
      ...polling,
      settled: () => jobs.settled().filter(({ job }) => duties.has(job)),
      settledRound: async (job, round) =>
        (await records.attemptsOf(job, round))
          .map(({ state }) => state)
          .find((state) => state.phase === 'settled') ?? null,
      post: parts.settle,
      voided: (id, last, transaction) =>
        jobs.driver(id.job).note({ name: `voided ${transaction}`, event: { type: 'voided', ...id, last } }),
      moved: (id, transaction) => jobs.driver(id.job).submit(id, { type: 'settled', transaction }),
    }),
    watchDisputes({ ...polling, coordinator, attempt, evidence, isMine }),
  ]);
  await Promise.all([
    watchJobs({
      ...polling,
      coordinator,
      retryMillis: RETRY_MILLIS,
      has: (job) => jobs.has(job),
      takeOn: (job, rounds) => jobs.takeOn(job, rounds),
    }),
    poll(
      { pollMillis: DELIVER_MILLIS, log, signal },
      'webhooks can not be served now; trying again',
      parts.deliver,
    ),
    keepSweeping(
      {
        evidence: parts.kept,
        isMine,
        attempt,
        finalityOf: finalityReader(contracts),
        clock,
        log,
      },
      signal,
    ),
  ]);
  await Promise.race([sending, delay(STOP_MILLIS, undefined, { ref: false })]);
}
