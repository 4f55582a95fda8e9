/** The door at which one client finds the lying coordinator: what it sends is noted, what it is shown may be bent. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { attemptView, type AttemptView, type Delivery, type JobView } from '#protocol/attempt-view.ts';
import type { AttemptId } from '#protocol/job-id.ts';

/** A message that reached the coordinator's socket. */
export type Sent = Readonly<{
  seat: number;
  /** The last name in its path: `enrolments`, `shares`, `inputs`, … */
  call: string;
  id: AttemptId;
  body: unknown;
  /** Of an input. */
  vector: Uint8Array;
}>;

/** What a lying coordinator does otherwise than its code; `seat` is whom it speaks with. */
export type Lie = Readonly<{
  /** A view as it is shown. One that changes by itself has a later revision. */
  view: (view: AttemptView, seat: number) => AttemptView | Promise<AttemptView>;
  job: (view: JobView, seat: number) => JobView;
  deliveries: (list: Delivery[], seat: number) => Delivery[];
  /** Whether a message is acknowledged and kept from the rest of the coordinator. */
  keeps: (sent: Sent) => boolean;
  /** An attempt that it runs in place of its code, if it does. */
  aside: (id: AttemptId) => Aside | null;
  /** What it answers without asking the rest of the coordinator; undefined where it asks. */
  instead: (ask: Ask) => unknown;
}>;

export type Aside = Readonly<{
  view: () => AttemptView;
  take: (sent: Sent) => void;
  deliveries: (member: number) => Delivery[];
}>;

/** What a client reads of an attempt: the view, by an empty name, or what is named. */
export type Ask = Readonly<{ seat: number; call: string; id: AttemptId }>;

export const noLie: Lie = {
  view: (view) => view,
  job: (view) => view,
  deliveries: (list) => list,
  keeps: () => false,
  aside: () => null,
  instead: () => undefined,
};

const attemptPath = /^\/v1\/jobs\/(\d+)\/rounds\/(\d+)\/attempts\/(\d+)(?:\/(\w+)(?:\/\w+)?)?$/;
const jobPath = /^\/v1\/jobs\/\d+$/;
const pollMillis = 25;
const accepted = { accepted: true };

export type Front = Readonly<{
  url: string;
  sent: readonly Sent[];
  /** Views as they were shown, each once. */
  shown: readonly AttemptView[];
  /** Whether the client is waiting for a view: what it had to do for the last one is done. */
  isWatched: () => boolean;
  /** How often it has asked for one. */
  asked: () => number;
  stop(): Promise<void>;
}>;

/** @param target the coordinator's URL @param lie looked up at each request */
export async function openFront(target: string, seat: number, lie: () => Lie): Promise<Front> {
  const sent: Sent[] = [];
  const shown: AttemptView[] = [];
  let [watching, asked] = [0, 0];
  const closing = new AbortController();

  async function present(url: URL): Promise<AttemptView> {
    const answer = await fetch(new URL(url.pathname + url.search, target), { signal: closing.signal });
    if (!answer.ok) throw new Refused(answer.status, Buffer.from(await answer.arrayBuffer()));
    return attemptView.parse(await answer.json());
  }

  /** The first view that is not of this revision, bent; after so long, the same one. */
  async function watch(url: URL, id: AttemptId): Promise<AttemptView> {
    const after = url.searchParams.get('after');
    const until = Date.now() + Number(url.searchParams.get('wait') ?? 0) * 1000;
    url.searchParams.delete('wait');
    url.searchParams.delete('after');
    for (;;) {
      const told =
        lie().instead({ seat, call: '', id }) ??
        (await lie().view(lie().aside(id)?.view() ?? (await present(url)), seat));
      const view = attemptView.parse(told);
      if (String(view.revision) !== after || Date.now() > until) {
        if (shown.at(-1)?.revision !== view.revision || shown.at(-1)?.phase !== view.phase) shown.push(view);
        return view;
      }
      await delay(pollMillis, undefined, { signal: closing.signal });
    }
  }

  async function forward(request: IncomingMessage, body: Buffer): Promise<Response> {
    const headers = Object.entries(request.headers).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string' && !hopByHop.has(entry[0]),
    );
    return fetch(new URL(request.url ?? '/', target), {
      method: request.method ?? 'GET',
      headers: Object.fromEntries(headers),
      ...(body.length > 0 && { body }),
      signal: closing.signal,
    });
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://front');
    const attempt = attemptPath.exec(url.pathname);
    // Clients ask for each view, so that it is known when they wait for one.
    if (url.pathname.endsWith('/events')) return void response.writeHead(404).end();
    const body = await buffer(request);
    const reads = request.method === 'GET';
    const aside = attempt && lie().aside(idIn(attempt));
    if (reads && attempt && attempt[4] === undefined) {
      asked += 1;
      watching += 1;
      const view = await watch(url, idIn(attempt)).finally(() => (watching -= 1));
      response.end(JSON.stringify(view));
      return;
    }
    if (reads && attempt) {
      const told = lie().instead({ seat, call: attempt[4] ?? '', id: idIn(attempt) });
      if (told !== undefined) {
        response.end(JSON.stringify(told));
        return;
      }
    }
    if (!reads && attempt) {
      const message = sentIn(seat, attempt, request, body);
      sent.push(message);
      aside?.take(message);
      if (aside || lie().keeps(message)) {
        response.end(JSON.stringify(accepted));
        return;
      }
    }
    if (aside) {
      const member = Number(url.pathname.split('/').at(-1));
      response.end(JSON.stringify(lie().deliveries(aside.deliveries(member), seat)));
      return;
    }
    const reply = await forward(request, body);
    const bytes = Buffer.from(await reply.arrayBuffer());
    const bent = reads ? bend(url.pathname, attempt?.[4], reply.ok ? bytes.toString() : null) : null;
    response.statusCode = bent === null ? reply.status : 200;
    response.end(bent === null ? bytes : JSON.stringify(bent));
  }

  /** @param real what the coordinator answers, null where it refuses @returns null to give that answer */
  function bend(path: string, part: string | undefined, real: string | null): object | null {
    if (part === 'shares') {
      const list = lie().deliveries(JSON.parse(real ?? '[]') as Delivery[], seat);
      return real === null && list.length === 0 ? null : list;
    }
    return real !== null && jobPath.test(path) ? lie().job(JSON.parse(real) as JobView, seat) : null;
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      if (error instanceof Refused) response.writeHead(error.status).end(error.body);
      else response.destroy();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    sent,
    shown,
    isWatched: () => watching > 0,
    asked: () => asked,
    async stop() {
      closing.abort();
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

const hopByHop = new Set(['host', 'connection', 'content-length', 'transfer-encoding', 'keep-alive']);

class Refused extends Error {
  readonly status: number;
  readonly body: Buffer;

  constructor(status: number, body: Buffer) {
    super(`refused with ${status}`);
    this.status = status;
    this.body = body;
  }
}

const idIn = ([, job, round, attempt]: RegExpExecArray): AttemptId => ({
  job: Number(job),
  round: Number(round),
  attempt: Number(attempt),
});

function sentIn(seat: number, path: RegExpExecArray, request: IncomingMessage, raw: Buffer): Sent {
  const [id, call = ''] = [idIn(path), path[4]];
  const body = request.headers['content-encoding'] === 'gzip' ? gunzipSync(raw) : raw;
  const token = request.headers['tributary-message'];
  return typeof token === 'string'
    ? { seat, call, id, body: JSON.parse(Buffer.from(token, 'base64url').toString()), vector: body }
    : { seat, call, id, body: JSON.parse(body.toString()), vector: new Uint8Array() };
}
