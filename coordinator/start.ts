/** Starts a coordinator: stores, jobs, chain watcher and HTTP service, and what stops them again. */
import { randomUUID } from 'node:crypto';
import { connectAs } from '#contracts/connect.ts';
import { openChain } from '#contracts/provider.ts';
import { connectIpfs } from '#datasets/ipfs.ts';
import { keptThreads } from '#model/unmasking/kept-threads.ts';
import { toError } from '#protocol/flaw.ts';
import { toAddress } from '#protocol/units.ts';
import { openAccess } from './access/access.ts';
import { sealing } from './access/sealing.ts';
import { chainAborter } from './agreement/abort-on-chain.ts';
import { rosterCommitter } from './agreement/commit-roster.ts';
import { survivorsFixer } from './agreement/fix-survivors.ts';
import { aggregator } from './aggregation/aggregate.ts';
import { openBlobs } from './blobs/open.ts';
import { controlled } from './control/commands.ts';
import { drain } from './control/drain.ts';
import { openControl } from './control/socket.ts';
import type { Log } from './driver/log.ts';
import { sayOnce } from './driver/poll.ts';
import { sweeper } from './driver/sweep.ts';
import { chainGate, gatedCalls } from './gate/chain-gate.ts';
import { createApp } from './http/app.ts';
import { refusalLog } from './http/refusal-log.ts';
import { announcer } from './jobs/announce.ts';
import { JobList } from './jobs/job-list.ts';
import { lineageLoader } from './jobs/lineage.ts';
import { chainObserver, observedIpfs, observedPerformers, observedTransactor } from './metrics/observed.ts';
import { attemptObserver } from './metrics/rounds.ts';
import { createSeries } from './metrics/series.ts';
import { chainRefusal, jobRefusal } from './operations/admit.ts';
import { unwrittenPolicy } from './operations/keep.ts';
import type { Coordinator, CoordinatorOptions } from './options.ts';
import { assertPublicUrl } from './public-url.ts';
import { holding } from './outbox/hold.ts';
import { openOutbox } from './outbox/outbox.ts';
import { serve, type Service } from './service.ts';
import { approvalChecker } from './settlement/approval.ts';
import { lying } from './settlement/lie.ts';
import { lookAhead } from './settlement/overtaken.ts';
import { settler } from './settlement/settle.ts';
import { coordinatorCount } from './quotas/beside.ts';
import { openLedger, type Ledger } from './quotas/ledger.ts';
import { recoverAhead } from './signatures/ahead.ts';
import { fresh } from './storage/fresh.ts';
import { createRoom } from './storage/room.ts';
import { usage } from './storage/usage.ts';
import { openDeliveryRows } from './store/delivery-rows.ts';
import { openEventRows, partiesOf } from './store/job-events.ts';
import { openStore, overAmong } from './store/open-store.ts';
import { openQuotaRows } from './store/quota-rows.ts';
import type { Hears } from './store/server-duties.ts';
import { traceHeaders, tracedLog, untracedClock } from './tracing/traces.ts';
import { watch } from './watching.ts';
import { deliverer } from './webhooks/deliver.ts';
import { keepWebhooks } from './webhooks/webhooks.ts';

export type { Coordinator, CoordinatorOptions } from './options.ts';

/** In which a disk takes some ten megabytes; what is asked to stay free is many times that. */
const FREE_STANDS_MILLIS = 250;

/**
 * @throws TributaryError `database/locked`, `database/newer`, `database/not-made`, `database/damaged`, `chain/unreachable`,
 *   `chain/other-chain`, `coordinator/port-taken`, `coordinator/bad-public-url`, `operations/chain-not-accepted`
 */
export async function startCoordinator(options: CoordinatorOptions): Promise<Coordinator> {
  const { folder, deployment, hold = null, lie = null } = options;
  const { policy = unwrittenPolicy, onHeld = () => undefined } = options;
  const { chainId, escrow } = deployment;
  if (options.publicUrl !== undefined) assertPublicUrl(options.publicUrl);
  const elsewhere = chainRefusal(policy.current().chains, chainId);
  if (elsewhere) throw toError(elsewhere);
  const log = tracedLog(options.log);
  const series = createSeries();
  const coordinator = toAddress(options.wallet.address);
  const identity = { chainId, escrow, coordinator };
  const provider = await openChain(options.rpcUrl, {
    ...{ chainId, answered: chainObserver(series), headers: traceHeaders },
  });
  const instance = randomUUID();
  const blobs = await openBlobs(options.blobs ?? folder, folder).catch((error: unknown) => {
    provider.destroy();
    throw error;
  });
  const store = await openStore({
    instance,
    ...{ folder, log, owner: identity, prepared: options.prepared, clock: options.clock },
    ...{ blobs, databaseUrl: options.databaseUrl ?? null },
  }).catch(async (error: unknown) => {
    await blobs.close();
    provider.destroy();
    throw error;
  });
  const outbox = openOutbox({
    ...{ database: store.database, deployment, log, reached: holding(hold, onHeld) },
    wallet: options.wallet.connect(provider),
    ...(options.maxGasPrice !== undefined && { maxGasPrice: options.maxGasPrice }),
  });
  const contracts = connectAs(deployment, observedTransactor(outbox.transactor, series));
  const stopping = new AbortController();
  const threads = keptThreads();
  const signers = recoverAhead();
  let service: Service | null = null;
  let ledger: Ledger | null = null;
  let closeControl: (() => Promise<void>) | null = null;
  /** What nobody is served by any more. */
  const release = async (): Promise<void> => {
    await outbox.stop();
    await threads.close();
    await signers.close();
    await ledger?.close();
    await store.close();
    await blobs.close();
    provider.destroy();
  };
  try {
    const ipfs = observedIpfs(connectIpfs(options.ipfsUrl, { headers: traceHeaders }), series);
    const { database, records, vectors, evidence, duties } = store;
    const clock = untracedClock(store.clock);
    const loadLineage = lineageLoader(contracts, ipfs, { chainId, escrow });
    const settle = settler(contracts);
    const performers = {
      sweep: sweeper(vectors),
      commitRoster: rosterCommitter(contracts),
      fixSurvivors: survivorsFixer(contracts),
      abortOnChain: chainAborter(contracts),
      aggregate: aggregator({ records, vectors, evidence, ipfs, loadLineage, threads: threads.open }),
      settle: lie ? lying(settle, { contracts, store: ipfs, lie, log }) : settle,
      announce: announcer(contracts, loadLineage, clock),
    };
    const coordinators = coordinatorCount({ count: store.coordinators, signal: stopping.signal, log });
    const underWay = (): number => jobs.phases().length;
    const drained = drain({ underWay, coordinators }, options.draining);
    const jobs: JobList = new JobList(
      {
        ...{ records, performers: observedPerformers(performers, series), duties, clock, hold, onHeld, log },
        observer: attemptObserver(series, () => performance.now()),
        lookAhead: lookAhead(contracts),
      },
      (job, underWay) => drained.refusal() ?? jobRefusal(policy.current(), job, underWay),
    );
    await jobs.resume(await records.jobs());
    await store.join(hearing(jobs, log));

    ledger = openLedger({ rows: openQuotaRows(database), clock, log });
    const room = createRoom({
      free: fresh(blobs.free, FREE_STANDS_MILLIS),
      usage: usage({ ...blobs, isOver: (id) => overAmong(jobs.list())(id) }),
      policy: () => policy.current().storage,
      states: () => jobs.states(),
      refused: (stage) => series.noRoom.inc({ stage }),
    });
    const gate = chainGate();
    const gated = gatedCalls(provider, gate);
    const url = (): string => options.publicUrl ?? service?.url ?? '';
    const access = openAccess({
      ...{ database, provider: gated, url, chainId, clock, log },
      sealing: sealing(options.wallet.privateKey),
    });
    const refusals = refusalLog(log);
    const app = createApp({
      ...{ jobs, records, vectors, evidence, room, signers, clock, log: refusals },
      events: openEventRows(database),
      checkApproval: approvalChecker(gated),
      access,
      webhooks: keepWebhooks({
        database,
        policy: () => policy.current().webhooks,
        parties: async (job) => partiesOf((await jobs.driver(job).attempt(jobs.driver(job).view)).rules),
        now: () => clock.now(),
      }),
      ...{ policy, ledger, coordinators, isDraining: drained.isDraining },
      identity: { ...identity, instance, database: store.engine },
    });
    service = await serve(
      {
        ...{ jobs, database, provider, chainId, ipfs, folder, blobs, room, gate, series, clock, log },
        refusals,
        leastFree: () => policy.current().storage.freeBytes,
        ...{ stopping: stopping.signal, judge: drained.judge },
      },
      app,
      options,
    );
    const deliver = deliverer({
      ...{ rows: openDeliveryRows(database), clock, log, signal: stopping.signal },
      jobs: () => jobs.list().flatMap(({ job }) => (duties.has(job) ? [job] : [])),
      hosts: () => policy.current().webhooks.hosts,
      tried: (outcome) => series.webhooks.inc({ outcome }),
    });
    const watching = watch({
      deliver,
      ...{ contracts, coordinator, jobs, duties, records, evidence, kept: store.kept, settle, clock, log },
      signal: stopping.signal,
    });
    const answer = controlled({ instance, drain: drained, underWay, secrets: access.secrets, log });
    closeControl = options.control === undefined ? null : await openControl(options.control, answer, log);
    const { url: listening, metricsUrl, close } = service;
    const facts = {
      url: url(),
      listening,
      metrics: metricsUrl,
      coordinator,
      instance,
      database: store.engine,
    };
    log.info(facts, 'coordinator started');
    return {
      url: url(),
      metricsUrl,
      instance,
      async stop() {
        stopping.abort();
        const hangUp = close();
        await closeControl?.();
        await Promise.all([watching, jobs.stop()]);
        await hangUp();
        await release();
        log.info({ url: url() }, 'coordinator stopped');
      },
    };
  } catch (error) {
    stopping.abort();
    await closeControl?.();
    await service?.close()();
    await release();
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
