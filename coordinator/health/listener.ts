/** `/healthz` and `/readyz`, for whoever keeps the process: outside of the API, its limits and its document. */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Readiness } from './readiness.ts';

/** @param next everything else */
export function withHealth(
  ready: () => Promise<Readiness>,
  stopping: AbortSignal,
  next: RequestListener,
): RequestListener {
  return (request, response) => {
    const [path] = (request.url ?? '').split('?', 1);
    if (path !== '/healthz' && path !== '/readyz') return next(request, response);
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('allow', 'GET, HEAD');
      return answer(request, response, 405, { ready: false });
    }
    // That it is answered at all is the answer: the event loop turns.
    if (path === '/healthz') return answer(request, response, 200, { alive: true });
    if (stopping.aborted) return answer(request, response, 503, { ready: false, parts: {} });
    void ready().then((found) => answer(request, response, found.ready ? 200 : 503, found));
  };
}

function answer(request: IncomingMessage, response: ServerResponse, status: number, said: object): void {
  // No limit holds here, so nobody may go on sending what nobody reads.
  response.once('finish', () => void (request.complete || request.destroy()));
  request.resume();
  const text = JSON.stringify(said);
  response
    .writeHead(status, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(text),
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    })
    .end(request.method === 'HEAD' ? undefined : text);
}
