/** Sends what was made, as a client of HTTP would or as bytes on a socket, and waits for no answer for ever. */
import { type Agent, request } from 'node:http';
import { connect } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { Bent } from '#test/support/documented/requests.ts';

/** `status`: `closed` where the connection ended without an answer, `hung` where neither came in time. */
export type Answer = Readonly<{
  status: number | 'closed' | 'hung';
  headers: Readonly<Record<string, string>>;
  /** Raw bytes with their headers, where they were sent so. */
  bytes: Buffer;
}>;

/** Longer than the coordinator gives a body that does not come. */
export const DEADLINE_MILLIS = 45_000;

export function send(agent: Agent, url: string, { method, path, headers, body }: Bent): Promise<Answer> {
  return new Promise((resolve) => {
    const none = (status: 'closed' | 'hung') => () =>
      resolve({ status, headers: {}, bytes: Buffer.alloc(0) });
    // Node itself says no length of what DELETE sends.
    const framed = { ...headers, 'content-length': Buffer.byteLength(body) };
    const sending = request(`${url}${path}`, { agent, method, headers: framed }, (response) => {
      const given = Object.entries(response.headers).map(([name, value]) => [name, String(value)]);
      const status = response.statusCode ?? 'closed';
      buffer(response).then(
        (bytes) => resolve({ status, headers: Object.fromEntries(given) as Answer['headers'], bytes }),
        none('closed'),
      );
    });
    const timer = setTimeout(() => {
      none('hung')();
      sending.destroy();
    }, DEADLINE_MILLIS);
    sending.on('close', () => clearTimeout(timer)).on('error', none('closed'));
    sending.end(body);
  });
}

const QUIET_MILLIS = 1_000;

/** After those that say only that a body may come. */
const STATUS = /^(?:HTTP\/1\.1 100 Continue\r\n\r\n)*HTTP\/1\.1 (\d{3})/;

/** @param ends whether nothing more comes after these bytes; else it is the coordinator that has to end it */
export function sendRaw(url: string, text: string, ends: boolean): Promise<Answer> {
  return new Promise((resolve) => {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    const pieces: Buffer[] = [];
    const done = (hung: boolean) => {
      clearTimeout(timer);
      clearTimeout(quiet);
      socket.destroy();
      const bytes = Buffer.concat(pieces);
      const [, status] = STATUS.exec(bytes.subarray(0, 100).toString('latin1')) ?? [];
      resolve({
        status: hung ? 'hung' : status === undefined ? 'closed' : Number(status),
        headers: {},
        bytes,
      });
    };
    const timer = setTimeout(() => done(true), DEADLINE_MILLIS);
    // It may be kept open for another request: an answer is over when no more of it comes.
    let quiet: NodeJS.Timeout | undefined;
    socket.on('data', (piece) => {
      pieces.push(piece);
      clearTimeout(quiet);
      quiet = setTimeout(() => done(false), QUIET_MILLIS);
    });
    socket.on('error', () => done(false)).on('close', () => done(false));
    socket.write(Buffer.from(text, 'latin1'));
    if (ends) socket.end();
  });
}
