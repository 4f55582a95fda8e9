/** A receiver of webhooks as one would write it: it believes what `standardwebhooks` verifies, and answers as a test says. */
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export type Received = Readonly<{ headers: IncomingHttpHeaders; body: string }>;
export type Answer = Readonly<{
  status: number;
  headers?: Record<string, string>;
  body?: string;
  silent?: boolean;
}>;

export class Receiver {
  readonly received: Received[] = [];
  /** How it answers the next ones; 204 after the last. */
  readonly answers: Answer[] = [];
  readonly #server = createServer((request, response) => {
    void text(request).then((body) => {
      this.received.push({ headers: request.headers, body });
      const { status, headers = {}, body: said, silent } = this.answers.shift() ?? { status: 204 };
      if (!silent) response.writeHead(status, headers).end(said);
    });
  });

  async start(): Promise<this> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return this;
  }

  get host(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get url(): string {
    return `http://${this.host}/hook`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
