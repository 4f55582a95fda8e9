/** The listeners of a coordinator: its API with health beside it, and metrics on one of their own. */
import type { Express } from 'express';
import type { Provider } from 'ethers';
import type { Clock } from './driver/clock.ts';
import { factsOf, type Log } from './driver/log.ts';
import type { Gate } from './gate/gate.ts';
import { withHealth } from './health/listener.ts';
import { blobsPart, chainPart, databasePart, diskPart, ipfsPart } from './health/parts.ts';
import { readiness, type Readiness } from './health/readiness.ts';
import type { RefusalLog } from './http/refusal-log.ts';
import { httpServer } from './http/server.ts';
import { closing, listen, urlOf } from './listen.ts';
import { countTraffic, timedRequests } from './metrics/http.ts';
import { databaseSource, gateSource, jobsSource, storageSource, type Jobs } from './metrics/present.ts';
import type { Series } from './metrics/series.ts';
import { metricsServer } from './metrics/serve.ts';
import type { CoordinatorOptions } from './options.ts';
import type { Database } from './store/database.ts';

export type ServiceParts = Readonly<{
  jobs: Jobs;
  database: Pick<Database, 'query'>;
  provider: Provider;
  chainId: number;
  ipfs: Parameters<typeof ipfsPart>[0];
  /** Whose disk must have room. */
  folder: string;
  blobs: Parameters<typeof blobsPart>[0];
  /** Bytes that are to be left on a disk. */
  leastFree(): number;
  room: Parameters<typeof storageSource>[0];
  gate: Pick<Gate, 'isClosed'>;
  series: Series;
  clock: Clock;
  log: Log;
  /** Of the app and of what never gets to it: one count of lines. */
  refusals: RefusalLog;
  /** Not ready any more. */
  stopping: AbortSignal;
  /** What becomes of the parts' readiness where the coordinator is drained. */
  judge: (ready: Readiness) => Readiness;
}>;

export type Service = Readonly<{
  url: string;
  metricsUrl: string | null;
  /** Takes no connection more. @returns what hangs up on those that are left */
  close(): () => Promise<void>;
}>;

/** @throws TributaryError `coordinator/port-taken` */
export async function serve(
  parts: ServiceParts,
  app: Express,
  { host, port, metrics, tls }: Pick<CoordinatorOptions, 'host' | 'port' | 'metrics' | 'tls'>,
): Promise<Service> {
  const { jobs, database, gate, series, log } = parts;
  const listener = withHealth(ready(parts), parts.stopping, timedRequests(series, app));
  const api = httpServer(app, { listener, log: parts.refusals, ...(tls && { tls }) });
  const traffic = countTraffic(api, series);
  const servers = [await listen(api, { host, port })];
  const hangUp = () => {
    const ends = servers.map(closing);
    return async () => void (await Promise.all(ends.map((end) => end())));
  };
  const sources = [
    ...[traffic, jobsSource(jobs, series)],
    ...[gateSource(gate, series), databaseSource(database, series), storageSource(parts.room, series)],
  ];
  try {
    const measured = metrics && (await listen(metricsServer({ series, sources, log }), metrics));
    if (measured) servers.push(measured);
    return {
      url: urlOf(api, host),
      metricsUrl: measured ? urlOf(measured, metrics.host) : null,
      close: hangUp,
    };
  } catch (error) {
    await hangUp()();
    throw error;
  }
}

function ready(parts: ServiceParts) {
  const { database, provider, chainId, ipfs, folder, blobs, leastFree, clock, log, judge } = parts;
  const asked = [
    ...[databasePart(database), chainPart(provider, chainId, clock), ipfsPart(ipfs)],
    ...[diskPart(folder, leastFree), blobsPart(blobs, leastFree)],
  ];
  const look = readiness(asked, {
    changed(part, verdict, error) {
      if (verdict.ready) log.info({ part }, 'ready again');
      else log.warn({ part, ...factsOf(error) }, 'not ready');
    },
  });
  return async () => judge(await look());
}
