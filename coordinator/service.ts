/** The listeners of a coordinator: its API with health beside it, and metrics on one of their own. */
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Provider } from 'ethers';
import type { Clock } from './driver/clock.ts';
import { factsOf, type Log } from './driver/log.ts';
import type { Gate } from './gate/gate.ts';
import { withHealth } from './health/listener.ts';
import { chainPart, databasePart, diskPart, ipfsPart } from './health/parts.ts';
import { readiness, type Readiness } from './health/readiness.ts';
import { serverTimeouts } from './http/limits/timeouts.ts';
import { closing, listen, urlOf } from './listen.ts';
import { countTraffic, timedRequests } from './metrics/http.ts';
import { databaseSource, gateSource, jobsSource, type Jobs } from './metrics/present.ts';
import type { Series } from './metrics/series.ts';
import { metricsServer } from './metrics/serve.ts';
import type { CoordinatorOptions } from './options.ts';
import type { Database } from './store/database.ts';
import type { KeptCertificate } from './tls/keep.ts';
import { strictTransport } from './tls/strict-transport.ts';

export type ServiceParts = Readonly<{
  jobs: Jobs;
  database: Pick<Database, 'query'>;
  provider: Provider;
  chainId: number;
  ipfs: Parameters<typeof ipfsPart>[0];
  /** Whose disk must have room. */
  folder: string;
  gate: Pick<Gate, 'isClosed'>;
  series: Series;
  clock: Clock;
  log: Log;
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
  app: RequestListener,
  { host, port, metrics, tls }: Pick<CoordinatorOptions, 'host' | 'port' | 'metrics' | 'tls'>,
): Promise<Service> {
  const { jobs, database, gate, series, log } = parts;
  const api = serverOf(withHealth(ready(parts), parts.stopping, timedRequests(series, app)), tls);
  const traffic = countTraffic(api, series);
  const servers = [await listen(api, { host, port })];
  const hangUp = () => {
    const ends = servers.map(closing);
    return async () => void (await Promise.all(ends.map((end) => end())));
  };
  const sources = [
    ...[traffic, jobsSource(jobs, series)],
    ...[gateSource(gate, series), databaseSource(database, series)],
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

/** With TLS or without it, the same service. */
function serverOf(listener: RequestListener, tls: KeptCertificate | undefined): Server {
  if (tls === undefined) return createServer(serverTimeouts, listener);
  const server = createTlsServer({ ...serverTimeouts, ...tls.first }, strictTransport(listener));
  tls.follow(server);
  return server;
}

function ready({ database, provider, chainId, ipfs, folder, clock, log, judge }: ServiceParts) {
  const parts = readiness(
    [databasePart(database), chainPart(provider, chainId, clock), ipfsPart(ipfs), diskPart(folder)],
    {
      changed(part, verdict, error) {
        if (verdict.ready) log.info({ part }, 'ready again');
        else log.warn({ part, ...factsOf(error) }, 'not ready');
      },
    },
  );
  return async () => judge(await parts());
}
