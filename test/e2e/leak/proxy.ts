/** A TCP proxy on loopback that keeps every byte which its clients send, connection by connection. */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { Recording } from './detector.ts';

export class RecordingProxy {
  readonly name: string;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #waiting = new Set<() => void>();
  readonly #connections: Buffer[][] = [];

  private constructor(name: string, target: URL) {
    this.name = name;
    this.#server = createServer((client) => this.#relay(client, target));
  }

  /** @param name of the channel @param target the URL that the proxy stands in front of */
  static async start(name: string, target: string): Promise<RecordingProxy> {
    const proxy = new RecordingProxy(name, new URL(target));
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** One recording a connection. */
  recordings(): Recording[] {
    return this.#connections.map((pieces) => ({ channel: this.name, bytes: Buffer.concat(pieces) }));
  }

  /** Waits until what was recorded is so. */
  async until(what: string, holds: (recordings: Recording[]) => boolean, seconds: number): Promise<void> {
    const deadline = Date.now() + seconds * 1000;
    while (!holds(this.recordings())) {
      const left = deadline - Date.now();
      if (left <= 0) throw new Error(`${this.name}: no ${what} within ${seconds} s`);
      await this.#more(left);
    }
  }

  async stop(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #relay(client: Socket, target: URL): void {
    const server = connect(Number(target.port), target.hostname);
    const pieces: Buffer[] = [];
    this.#connections.push(pieces);
    client.on('data', (piece: Buffer) => {
      pieces.push(piece);
      for (const wake of this.#waiting) wake();
    });
    client.pipe(server).pipe(client);
    for (const [socket, other] of [
      [client, server],
      [server, client],
    ] as const) {
      this.#sockets.add(socket);
      // A connection that broke is broken for the other side too.
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        this.#sockets.delete(socket);
        other.destroy();
      });
    }
  }

  #more(millis: number): Promise<void> {
    return new Promise((resolve) => {
      const waiting = this.#waiting;
      const timer = setTimeout(done, millis);
      waiting.add(done);
      function done() {
        clearTimeout(timer);
        waiting.delete(done);
        resolve();
      }
    });
  }
}
