/** Starts a coordinator: stores, jobs, chain watcher and HTTP service, and what stops them again. */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Wallet } from 'ethers';
import { connectAs } from '#contracts/connect.ts';
import type { Deployment } from '#contracts/deployment.ts';
import { openChain } from '#contracts/provider.ts';
import { TributaryError } from '#crypto/error.ts';
import { connectIpfs } from '#datasets/ipfs.ts';
import { keptThreads } from '#model/unmasking/kept-threads.ts';
import { toError } from '#protocol/flaw.ts';
import { toAddress } from '#protocol/units.ts';
import { openAccess } from './access/access.ts';
import { chainAborter } from './agreement/abort-on-chain.ts';
import { rosterCommitter } from './agreement/commit-roster.ts';
import { survivorsFixer } from './agreement/fix-survivors.ts';
import { aggregator } from './aggregation/aggregate.ts';
import type { Clock } from './driver/clock.ts';
import type { Hold } from './driver/hold.ts';
import type { Log } from './driver/log.ts';
import { sayOnce } from './driver/poll.ts';
import { createApp } from './http/app.ts';
import { announcer } from './jobs/announce.ts';
import { JobList } from './jobs/job-list.ts';
import { lineageLoader } from './jobs/lineage.ts';
import { chainRefusal, jobRefusal } from './operations/admit.ts';
import { unwrittenPolicy, type KeptPolicy } from './operations/keep.ts';
import { holding } from './outbox/hold.ts';
import { openOutbox } from './outbox/outbox.ts';
import { approvalChecker } from './settlement/approval.ts';
import { lying, type Lie } from './settlement/lie.ts';
import { settler } from './settlement/settle.ts';
import { isCode } from './store/files.ts';
import { openStore } from './store/open-store.ts';
import type { Hears } from './store/server-duties.ts';
import { sweeper } from './driver/sweep.ts';
import { watch } from './watching.ts';

export type CoordinatorOptions = Readonly<{
  /** Holds the embedded database, and masked inputs and evidence if they have no folder of their own. */
  folder: string;
  /** For masked inputs and evidence: one and the same for all coordinators of a database. */
  blobs?: string | undefined;
  /** A PostgreSQL server's: several coordinators may share it. */
  databaseUrl?: string | undefined;
  host: string;
  /** 0 for any free one. */
  port: number;
  /** Where clients reach it, if not at host and port. */
  publicUrl?: string;
  rpcUrl: string;
  ipfsUrl: string;
  deployment: Deployment;
  /** The account that jobs name as their coordinator; it pays for settlements. */
  wallet: Wallet;
  /** Most wei for a unit of gas: above it transactions wait. */
  maxGasPrice?: bigint;
  hold?: Hold | null;
  /** What is posted falsely, once. */
  lie?: Lie | null;
  /** Told the one line of the test hook. */
  onHeld?: (line: string) => void;
  log: Log;
  clock?: Clock;
  /** What it takes on; the default policy where none is given. The caller closes it. */
  policy?: KeptPolicy;
  /** A file with a freshly made database, written when missing; saves seconds at the first start. */
  prepared?: string;
}>;

export type Coordinator = Readonly<{
  url: string;
  /** Of this process: the server lists its connections under it. */
  instance: string;
  stop(): Promise<void>;
}>;

/** Longer than a client pauses between requests: one on a connection that has just been closed would fail. */
const KEEP_ALIVE_MILLIS = 75_000;

/**
 * @throws TributaryError `database/locked`, `database/newer`, `database/damaged`, `chain/unreachable`,
 *   `chain/other-chain`, `coordinator/port-taken`, `operations/chain-not-accepted`
 */
export async function startCoordinator(options: CoordinatorOptions): Promise<Coordinator> {
  const { folder, deployment, log, hold = null, lie = null } = options;
  const { policy = unwrittenPolicy, onHeld = () => undefined } = options;
  const elsewhere = chainRefusal(policy.current().chains, deployment.chainId);
  if (elsewhere) throw toError(elsewhere);
  const coordinator = toAddress(options.wallet.address);
  const identity = { chainId: deployment.chainId, escrow: deployment.escrow, coordinator };
  const provider = await openChain(options.rpcUrl, { chainId: deployment.chainId });
  const instance = randomUUID();
  const store = await openStore({
    instance,
    ...{ folder, log, owner: identity, prepared: options.prepared, clock: options.clock },
    ...{ blobs: options.blobs ?? folder, databaseUrl: options.databaseUrl ?? null },
  });
  const outbox = openOutbox({
    ...{ database: store.database, deployment, log, reached: holding(hold, onHeld) },
    wallet: options.wallet.connect(provider),
    ...(options.maxGasPrice !== undefined && { maxGasPrice: options.maxGasPrice }),
  });
  const contracts = connectAs(deployment, outbox.transactor);
  const stopping = new AbortController();
  const threads = keptThreads();
  try {
    const ipfs = connectIpfs(options.ipfsUrl);
    const { records, vectors, evidence, clock, duties } = store;
    const loadLineage = lineageLoader(contracts, ipfs, {
      chainId: deployment.chainId,
      escrow: deployment.escrow,
    });
    const settle = settler(contracts);
    const jobs = new JobList(
      {
        records,
        performers: {
          sweep: sweeper(vectors),
          commitRoster: rosterCommitter(contracts),
          fixSurvivors: survivorsFixer(contracts),
          abortOnChain: chainAborter(contracts),
          aggregate: aggregator({ records, vectors, evidence, ipfs, loadLineage, threads: threads.open }),
          settle: lie ? lying(settle, { contracts, store: ipfs, lie, log }) : settle,
          announce: announcer(contracts, loadLineage, clock),
        },
        duties,
        clock,
        hold,
        onHeld,
        log,
      },
      (job, active) => jobRefusal(policy.current(), job, active),
    );
    await jobs.resume(await records.jobs());
    await store.join(hearing(jobs, log));

    let url = options.publicUrl ?? '';
    const app = createApp({
      jobs,
      records,
      vectors,
      evidence,
      checkApproval: approvalChecker(provider),
      access: openAccess({
        database: store.database,
        provider,
        url: () => url,
        chainId: deployment.chainId,
        clock,
      }),
      clock,
      log,
      identity: { ...identity, instance, database: store.engine },
    });
    const server = await listen(createServer({ keepAliveTimeout: KEEP_ALIVE_MILLIS }, app), options);
    url ||= urlOf(server, options.host);
    const watching = watch({
      ...{ contracts, coordinator, jobs, duties, records, evidence, kept: store.kept, settle, clock, log },
      signal: stopping.signal,
    });
    const listening = urlOf(server, options.host);
    log.info({ url, listening, coordinator, instance, database: store.engine }, 'coordinator started');
    return {
      url,
      instance,
      async stop() {
        stopping.abort();
        const closed = once(server, 'close');
        server.close();
        await Promise.all([watching, jobs.stop()]);
        await outbox.stop();
        await threads.close();
        server.closeAllConnections();
        await closed;
        await store.close();
        provider.destroy();
        log.info({ url }, 'coordinator stopped');
      },
    };
  } catch (error) {
    stopping.abort();
    await outbox.stop();
    await store.close();
    provider.destroy();
    throw error;
  }
}

/** What a coordinator does with what it hears of others; it hears nothing where it has its database for itself. */
function hearing(jobs: JobList, log: Log): Hears {
  const say = sayOnce(log);
  const look = (looking: Promise<void>): void =>
    void looking.then(
      () => say.well(),
      (error: unknown) =>
        say.failed({}, error, 'what another coordinator did can not be read now; looking again'),
    );
  return { changed: (job) => look(jobs.notice(job)), missed: () => look(jobs.reread()) };
}

async function listen(server: Server, { host, port }: CoordinatorOptions): Promise<Server> {
  server.listen(port, host);
  try {
    await once(server, 'listening');
    return server;
  } catch (cause) {
    if (!isCode(cause, 'EADDRINUSE')) throw cause;
    throw new TributaryError('coordinator/port-taken', `port ${port} of ${host} is in use: choose another`, {
      cause,
    });
  }
}

function urlOf(server: Server, host: string): string {
  const { port } = server.address() as AddressInfo;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
