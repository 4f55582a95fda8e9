/** Starts a coordinator: stores, jobs, chain watcher and HTTP service, and what stops them again. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Wallet } from 'ethers';
import { connectAs } from '#contracts/connect.ts';
import type { Deployment } from '#contracts/deployment.ts';
import { openChain } from '#contracts/provider.ts';
import { createTransactor } from '#contracts/transact.ts';
import { TributaryError } from '#crypto/error.ts';
import { connectIpfs } from '#datasets/ipfs.ts';
import { keptThreads } from '#model/unmasking/kept-threads.ts';
import { toAddress } from '#protocol/units.ts';
import { chainAborter } from './agreement/abort-on-chain.ts';
import { rosterCommitter } from './agreement/commit-roster.ts';
import { survivorsFixer } from './agreement/fix-survivors.ts';
import { aggregator } from './aggregation/aggregate.ts';
import { systemClock, type Clock } from './driver/clock.ts';
import type { Hold } from './driver/hold.ts';
import { factsOf, type Log } from './driver/log.ts';
import { withHealth } from './health/listener.ts';
import { chainPart, databasePart, diskPart, ipfsPart } from './health/parts.ts';
import { readiness } from './health/readiness.ts';
import { createApp } from './http/app.ts';
import { announcer } from './jobs/announce.ts';
import { JobList } from './jobs/job-list.ts';
import { lineageLoader } from './jobs/lineage.ts';
import { approvalChecker } from './settlement/approval.ts';
import { lying, type Lie } from './settlement/lie.ts';
import { settler } from './settlement/settle.ts';
import { openDatabase } from './store/database.ts';
import { openEvidence } from './store/evidence-blocks.ts';
import { disk, isCode } from './store/files.ts';
import { openRecords, type Records } from './store/records.ts';
import { sweeper } from './driver/sweep.ts';
import { openVectors, type Vectors } from './store/vectors.ts';
import { watch } from './watching.ts';

export type CoordinatorOptions = Readonly<{
  /** Holds the database, masked inputs and evidence. */
  folder: string;
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
  hold?: Hold | null;
  /** What is posted falsely, once. */
  lie?: Lie | null;
  /** Told the one line of the test hook. */
  onHeld?: (line: string) => void;
  log: Log;
  clock?: Clock;
  /** A file with a freshly made database, written when missing; saves seconds at the first start. */
  prepared?: string;
}>;

export type Coordinator = Readonly<{ url: string; stop(): Promise<void> }>;

/** Longer than a client pauses between requests: one on a connection that has just been closed would fail. */
const KEEP_ALIVE_MILLIS = 75_000;

/**
 * @throws TributaryError `database/locked`, `database/newer`, `database/damaged`, `chain/unreachable`,
 *   `chain/other-chain`, `coordinator/port-taken`
 */
export async function startCoordinator(options: CoordinatorOptions): Promise<Coordinator> {
  const { folder, deployment, log, hold = null, lie = null, clock = systemClock } = options;
  const provider = await openChain(options.rpcUrl, { chainId: deployment.chainId });
  const contracts = connectAs(deployment, await createTransactor(options.wallet.connect(provider)));
  const database = await openDatabase({ folder, prepared: options.prepared });
  const stopping = new AbortController();
  const threads = keptThreads();
  try {
    const ipfs = connectIpfs(options.ipfsUrl);
    const records = openRecords(database);
    const vectors = openVectors(join(folder, 'inputs'), disk);
    const evidence = openEvidence(join(folder, 'evidence'), disk);
    const loadLineage = lineageLoader(contracts, ipfs, {
      chainId: deployment.chainId,
      escrow: deployment.escrow,
    });
    const settle = settler(contracts);
    const jobs = new JobList({
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
      clock,
      hold,
      onHeld: options.onHeld ?? (() => undefined),
      log,
    });
    await resume(jobs, records, vectors);

    const coordinator = toAddress(options.wallet.address);
    const app = createApp({
      jobs,
      records,
      vectors,
      evidence,
      checkApproval: approvalChecker(provider),
      clock,
      log,
      identity: { chainId: deployment.chainId, escrow: deployment.escrow, coordinator },
    });
    const ready = readiness(
      [
        ...[databasePart(database), chainPart(provider, deployment.chainId, clock)],
        ...[ipfsPart(ipfs), diskPart(folder)],
      ],
      {
        changed(part, verdict, error) {
          if (verdict.ready) log.info({ part }, 'ready again');
          else log.warn({ part, ...factsOf(error) }, 'not ready');
        },
      },
    );
    const listener = withHealth(ready, stopping.signal, app);
    const server = await listen(createServer({ keepAliveTimeout: KEEP_ALIVE_MILLIS }, listener), options);
    const watching = watch({
      ...{ folder, contracts, coordinator, jobs, records, evidence, settle, clock, log },
      signal: stopping.signal,
    });
    const url = options.publicUrl ?? urlOf(server, options.host);
    log.info({ url, coordinator }, 'coordinator started');
    return {
      url,
      async stop() {
        stopping.abort();
        const closed = once(server, 'close');
        server.close();
        await Promise.all([watching, jobs.stop()]);
        await threads.close();
        server.closeAllConnections();
        await closed;
        await database.close();
        provider.destroy();
        log.info({ url }, 'coordinator stopped');
      },
    };
  } catch (error) {
    stopping.abort();
    await database.close();
    provider.destroy();
    throw error;
  }
}

async function resume(jobs: JobList, records: Records, vectors: Vectors): Promise<void> {
  const known = await records.jobs();
  await vectors.clean(known.filter(({ state }) => state === 'active'));
  await jobs.resume(known);
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
