/** Starts a coordinator: stores, jobs, chain watcher and HTTP service, and what stops them again. */
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import type { Wallet } from 'ethers';
import { connectAs } from '#contracts/connect.ts';
import type { Deployment } from '#contracts/deployment.ts';
import { openChain } from '#contracts/provider.ts';
import { createTransactor } from '#contracts/transact.ts';
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
import { chainGate, gatedCalls } from './gate/chain-gate.ts';
import { withHealth } from './health/listener.ts';
import { chainPart, databasePart, diskPart, ipfsPart } from './health/parts.ts';
import { readiness } from './health/readiness.ts';
import { createApp } from './http/app.ts';
import { defaultLimits, type Limits } from './http/limits/limits.ts';
import { serverTimeouts } from './http/limits/timeouts.ts';
import { announcer } from './jobs/announce.ts';
import { JobList } from './jobs/job-list.ts';
import { lineageLoader } from './jobs/lineage.ts';
import { closing, listen, urlOf } from './listen.ts';
import { countTraffic, timedRequests } from './metrics/http.ts';
import { chainObserver, observedIpfs, observedPerformers, observedTransactor } from './metrics/observed.ts';
import { databaseSource, gateSource, jobsSource } from './metrics/present.ts';
import { attemptObserver } from './metrics/rounds.ts';
import { createSeries } from './metrics/series.ts';
import { metricsServer } from './metrics/serve.ts';
import { approvalChecker } from './settlement/approval.ts';
import { lying, type Lie } from './settlement/lie.ts';
import { settler } from './settlement/settle.ts';
import { openDatabase } from './store/database.ts';
import { openEvidence } from './store/evidence-blocks.ts';
import { disk } from './store/files.ts';
import { openRecords, type Records } from './store/records.ts';
import { sweeper } from './driver/sweep.ts';
import { openVectors, type Vectors } from './store/vectors.ts';
import { traceHeaders, tracedLog, untracedClock } from './tracing/traces.ts';
import { watch } from './watching.ts';

export type CoordinatorOptions = Readonly<{
  /** Holds the database, masked inputs and evidence. */
  folder: string;
  host: string;
  /** 0 for any free one. */
  port: number;
  /** Where clients reach it, if not at host and port. */
  publicUrl?: string;
  /** Where `/metrics` is served; nowhere unless given. */
  metrics?: Readonly<{ host: string; port: number }>;
  limits?: Partial<Limits>;
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

export type Coordinator = Readonly<{ url: string; metricsUrl: string | null; stop(): Promise<void> }>;

/**
 * @throws TributaryError `database/locked`, `database/newer`, `database/damaged`, `chain/unreachable`,
 *   `chain/other-chain`, `coordinator/port-taken`
 */
export async function startCoordinator(options: CoordinatorOptions): Promise<Coordinator> {
  const { folder, deployment, hold = null, lie = null } = options;
  const [log, clock] = [tracedLog(options.log), untracedClock(options.clock ?? systemClock)];
  const series = createSeries();
  const provider = await openChain(options.rpcUrl, {
    chainId: deployment.chainId,
    answered: chainObserver(series),
    headers: traceHeaders,
  });
  const transactor = await createTransactor(options.wallet.connect(provider));
  const contracts = connectAs(deployment, observedTransactor(transactor, series));
  const database = await openDatabase({ folder, prepared: options.prepared });
  const stopping = new AbortController();
  const threads = keptThreads();
  const servers: Server[] = [];
  try {
    const ipfs = observedIpfs(connectIpfs(options.ipfsUrl, { headers: traceHeaders }), series);
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
      performers: observedPerformers(
        {
          sweep: sweeper(vectors),
          commitRoster: rosterCommitter(contracts),
          fixSurvivors: survivorsFixer(contracts),
          abortOnChain: chainAborter(contracts),
          aggregate: aggregator({ records, vectors, evidence, ipfs, loadLineage, threads: threads.open }),
          settle: lie ? lying(settle, { contracts, store: ipfs, lie, log }) : settle,
          announce: announcer(contracts, loadLineage, clock),
        },
        series,
      ),
      observer: attemptObserver(series, () => performance.now()),
      clock,
      hold,
      onHeld: options.onHeld ?? (() => undefined),
      log,
    });
    await resume(jobs, records, vectors);

    const gate = chainGate();
    const coordinator = toAddress(options.wallet.address);
    const app = createApp({
      jobs,
      records,
      vectors,
      evidence,
      checkApproval: approvalChecker(gatedCalls(provider, gate)),
      clock,
      limits: { ...defaultLimits, ...options.limits },
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
    const listener = withHealth(ready, stopping.signal, timedRequests(series, app));
    const server = createServer(serverTimeouts, listener);
    const traffic = countTraffic(server, series);
    servers.push(await listen(server, options));
    const sources = [
      traffic,
      jobsSource(jobs, series),
      gateSource(gate, series),
      databaseSource(database, series),
    ];
    const metrics =
      options.metrics && (await listen(metricsServer({ series, sources, log }), options.metrics));
    if (metrics) servers.push(metrics);
    const watching = watch({
      ...{ folder, contracts, coordinator, jobs, records, evidence, settle, clock, log },
      signal: stopping.signal,
    });
    const url = options.publicUrl ?? urlOf(server, options.host);
    const metricsUrl = metrics ? urlOf(metrics, options.metrics.host) : null;
    log.info({ url, coordinator, metrics: metricsUrl }, 'coordinator started');
    return {
      url,
      metricsUrl,
      async stop() {
        stopping.abort();
        const hangUp = servers.map(closing);
        await Promise.all([watching, jobs.stop()]);
        await threads.close();
        await Promise.all(hangUp.map((end) => end()));
        await database.close();
        provider.destroy();
        log.info({ url }, 'coordinator stopped');
      },
    };
  } catch (error) {
    stopping.abort();
    await Promise.all(servers.map((server) => closing(server)()));
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
