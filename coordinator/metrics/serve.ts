/** `/metrics` on a listener of its own, which only the operator's network is to reach. Prometheus's text format 0.0.4 */
import { createServer, type Server } from 'node:http';
import { collectDefaultMetrics } from 'prom-client';
import { factsOf, type Log } from '../driver/log.ts';
import type { Series, Source } from './series.ts';

export type MetricsParts = Readonly<{
  series: Series;
  /** Brought up to date for each answer; one that fails keeps its last number. */
  sources: readonly Source[];
  log: Log;
}>;

/** The process's own: memory, processor, handles, and the event loop's lag. */
const ofProcess = ({ registry }: Series): void => collectDefaultMetrics({ register: registry });

/** Not listening yet. */
export function metricsServer({ series, sources, log }: MetricsParts): Server {
  ofProcess(series);
  const text = async (): Promise<string> => {
    for (const refresh of sources) {
      try {
        await refresh();
      } catch (error) {
        log.warn(factsOf(error), 'a number for /metrics could not be had');
      }
    }
    return series.registry.metrics();
  };
  return createServer((request, response) => {
    request.resume();
    const [path] = (request.url ?? '').split('?', 1);
    if (path !== '/metrics' || request.method !== 'GET') return void response.writeHead(404).end();
    void text().then((said) => {
      response.writeHead(200, { 'content-type': series.registry.contentType, 'cache-control': 'no-store' });
      response.end(said);
    });
  });
}
