/**
 * An HTTP proxy that spoils what passes: requests lost, answers cut after the service acted, messages sent twice, late or in
 * drips, connections left half-open. What it does to a request is a rule's word; it keeps what the service was sent.
 */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  createServer,
  request as ask,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';

/**
 * What happens to a request.
 *
 * `lost`: it never reaches the service, its connection breaks. `failed`: the proxy answers 502 in the service's place.
 * `cut`: the service acts, its answer is not passed on; what waits for it to have acted may do
 * something first. `twice`: the service gets it two times at once.
 * `late`: it waits for so many milliseconds, so that later ones overtake it. `drips`: it is sent on in small pieces.
 * `half-open`: it is swallowed, and its connection stays open without a word.
 */
export type Fault =
  | Readonly<{ kind: 'lost' | 'failed' | 'twice' | 'drips' | 'half-open' }>
  | Readonly<{ kind: 'cut'; acted?: (status: number) => Promise<void> }>
  | Readonly<{ kind: 'late'; millis: number }>;

/** A request as a rule sees it. */
export type Passing = Readonly<{
  method: string;
  path: string;
  headers: IncomingMessage['headers'];
  body: Buffer;
}>;

/** Null for a request that passes unharmed. It may wait: the request is held for as long. */
export type Rule = (passing: Passing) => Promise<Fault | null> | Fault | null;

/** What reached the service by `POST` or `PUT`, and what it said; 0 where it gave no answer. */
export type Carried = Readonly<{
  method: string;
  path: string;
  body: Buffer;
  token: string | undefined;
  status: number;
}>;

type Answer = Readonly<{ status: number; headers: IncomingMessage['headers']; body: Buffer }>;

const DRIPS = 8;
const DRIP_MILLIS = 40;

export class FaultyProxy {
  readonly #server: Server;
  readonly #carried: Carried[] = [];
  readonly #counts = new Map<string, number>();
  #target: URL | null = null;
  #rule: Rule = () => null;
  #requests = 0;

  private constructor() {
    this.#server = createServer((request, response) => {
      this.#pass(request, response).catch(() => response.destroy());
    });
  }

  static async start(): Promise<FaultyProxy> {
    const proxy = new FaultyProxy();
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Requests so far. */
  get requests(): number {
    return this.#requests;
  }

  /** How often each fault happened. */
  get counts(): ReadonlyMap<string, number> {
    return this.#counts;
  }

  get carried(): readonly Carried[] {
    return this.#carried;
  }

  /** Where requests go from now on. */
  pointAt(target: string): void {
    this.#target = new URL(target);
  }

  /** The rule from now on; null for none. */
  obey(rule: Rule | null): void {
    this.#rule = rule ?? (() => null);
  }

  async stop(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  async #pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.#requests += 1;
    const { method = 'GET', url: path = '/', headers } = request;
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    const passing: Passing = { method, path, headers, body: await buffer(request) };
    const fault = await this.#rule(passing);
    if (fault) this.#counts.set(fault.kind, (this.#counts.get(fault.kind) ?? 0) + 1);
    switch (fault?.kind) {
      case 'half-open':
        return;
      case 'lost':
        return void response.destroy();
      case 'failed':
        response.writeHead(502, { 'content-type': 'text/plain' }).end('a gateway that has failed');
        return;
      case 'cut': {
        const { status } = await this.#forward(passing);
        await fault.acted?.(status);
        return void response.destroy();
      }
      case 'twice': {
        const [first] = await Promise.all([this.#forward(passing), this.#forward(passing)]);
        return answer(response, first);
      }
      case 'late':
        await delay(fault.millis);
        break;
      case 'drips':
      case undefined:
        break;
      default:
        fault satisfies never;
    }
    return answer(response, await this.#forward(passing, fault?.kind === 'drips', gone.signal));
  }

  /** @throws Error where the service gives no answer, as while it is down */
  async #forward(passing: Passing, drips = false, signal?: AbortSignal): Promise<Answer> {
    const { method, path, headers, body } = passing;
    const keep = (status: number): void => {
      if (method === 'GET') return;
      const token = headers['tributary-message']?.toString();
      this.#carried.push({ method, path, body, token, status });
    };
    try {
      const given = await exchange(new URL(path, this.#target ?? undefined), passing, drips, signal);
      keep(given.status);
      return given;
    } catch (error) {
      keep(0);
      throw error;
    }
  }
}

async function exchange(
  url: URL,
  { method, headers, body }: Passing,
  drips: boolean,
  signal?: AbortSignal,
): Promise<Answer> {
  const sending = ask(url, { method, headers, agent: false, ...(signal && { signal }) });
  const answered = once(sending, 'response');
  answered.catch(() => undefined);
  const size = drips ? Math.max(1, Math.ceil(body.length / DRIPS)) : Math.max(1, body.length);
  for (let at = 0; at < body.length; at += size) {
    if (at > 0) await delay(DRIP_MILLIS);
    sending.write(body.subarray(at, at + size));
  }
  sending.end();
  const [response] = (await answered) as [IncomingMessage];
  return { status: response.statusCode ?? 0, headers: response.headers, body: await buffer(response) };
}

function answer(response: ServerResponse, { status, headers, body }: Answer): void {
  response.writeHead(status, { ...headers, connection: 'close' });
  response.end(body);
}

/** Numbers in [0, 1) that a seed decides: the same seed spoils a run in the same way, as far as its requests come in the same order. */
export function seededChance(seed: string): () => number {
  let count = 0;
  return () => {
    const digest = createHash('sha256')
      .update(`${seed} ${(count += 1)}`)
      .digest();
    return digest.readUInt32BE(0) / 2 ** 32;
  };
}

/** Each fault for its part of the requests; parts are in [0, 1] and come to 1 at most. */
export function faultsAtRandom(seed: string, parts: readonly (readonly [Fault, number])[]): Rule {
  const chance = seededChance(seed);
  return () => {
    let left = chance();
    for (const [fault, part] of parts) {
      if (left < part) return fault;
      left -= part;
    }
    return null;
  };
}
