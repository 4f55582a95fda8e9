/** A TCP door before a service: it can refuse everyone for a while, or take connections and say nothing on them. */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

const HOST = '127.0.0.1';

export class Door {
  readonly #target: URL;
  readonly #open = new Set<Socket>();
  #server: Server;
  #port = 0;
  #silent = false;
  #cut = 0;

  private constructor(target: string) {
    this.#target = new URL(target);
    this.#server = this.#made();
  }

  /** @param target the URL that the door stands before */
  static async open(target: string): Promise<Door> {
    const door = new Door(target);
    await door.reopen();
    return door;
  }

  get url(): string {
    return `http://${HOST}:${this.#port}`;
  }

  /** Connections that were cut by `shut` or that `silence` has left without an answer. */
  get cut(): number {
    return this.#cut;
  }

  /** Cuts all connections; from now on the port refuses. */
  async shut(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#cut += this.#hangUp();
    await closed;
  }

  /** Takes connections again, on the same port. */
  async reopen(): Promise<void> {
    this.#silent = false;
    if (this.#server.listening) return;
    this.#server = this.#made();
    this.#server.listen(this.#port, HOST);
    await once(this.#server, 'listening');
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  /** Half-open: from now on connections are taken, and what is sent on them gets neither an answer nor an end. */
  silence(): void {
    this.#silent = true;
    this.#cut += this.#hangUp();
  }

  /** Ends the connections that were left without an answer, and serves again. */
  speak(): void {
    this.#silent = false;
    this.#hangUp();
  }

  stop(): Promise<void> {
    return this.#server.listening ? this.shut() : Promise.resolve();
  }

  #made = (): Server => createServer((from) => this.#relay(from));

  #relay(from: Socket): void {
    this.#keep(from);
    if (this.#silent) {
      this.#cut += 1;
      return void from.resume();
    }
    const to = connect(Number(this.#target.port), this.#target.hostname);
    this.#keep(to);
    from.pipe(to).pipe(from);
    from.once('close', () => to.destroy());
    to.once('close', () => from.destroy());
  }

  /** A connection that breaks is no trouble of ours. */
  #keep(socket: Socket): void {
    this.#open.add(socket);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => this.#open.delete(socket));
  }

  #hangUp(): number {
    const count = this.#open.size;
    for (const socket of this.#open) socket.destroy();
    return count;
  }
}
