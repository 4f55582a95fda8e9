/** Ends requests whose body comes too slowly: each holds a connection, and a slot of its round, for as long as it likes. RFC 9110 §15.5.9 */
import type { Request, RequestHandler, Response } from 'express';
import { TributaryError } from '#crypto/error.ts';
import { sendProblem } from '../problems.ts';
import type { RefusalLog } from '../refusal-log.ts';
import { requestIdOf } from '../request-id.ts';

export type BodyRate = Readonly<{
  /** Every window must bring this much. */
  leastBytesPerSecond: number;
  windowMillis: number;
}>;

/** Our clients give a transfer up below 10,000 bytes a second (protocol/http/coordinator-api.ts): nobody's is cut that they would end. */
export const defaultBodyRate: BodyRate = { leastBytesPerSecond: 5_000, windowMillis: 10_000 };

const MILLIS = 1_000;

export function refuseSlowBodies(
  log: Pick<RefusalLog, 'info'>,
  rate: BodyRate = defaultBodyRate,
): RequestHandler {
  return (request, response, next) => {
    watch(request, rate, () => refuse(request, response, log));
    next();
  };
}

function watch(request: Request, { leastBytesPerSecond, windowMillis }: BodyRate, slow: () => void): void {
  const least = (leastBytesPerSecond * windowMillis) / MILLIS;
  let seen = request.socket.bytesRead;
  const judge = () => {
    if (request.complete || request.destroyed) return stop();
    const came = request.socket.bytesRead - seen;
    seen += came;
    // What waits to be read waits for us, and then its sender can not go on.
    if (request.readableLength > 0 || came >= least) return;
    stop();
    slow();
  };
  // What came while this process was busy is read first.
  const timer = setInterval(() => setImmediate(judge), windowMillis);
  const stop = () => clearInterval(timer);
  request.once('end', stop).once('close', stop);
}

function refuse(request: Request, response: Response, log: Pick<RefusalLog, 'info'>): void {
  const error = new TributaryError('request/too-slow', 'the body came too slowly, or stopped coming');
  const { method, path } = request;
  log.info({ requestId: requestIdOf(response), method, path, code: error.code }, 'request refused');
  if (response.headersSent) return void request.destroy();
  // Whatever comes still is no next request.
  response.once('finish', () => request.destroy());
  response.set('connection', 'close');
  sendProblem(response, error);
}
