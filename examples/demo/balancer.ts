/** What stands for the operator's load balancer: takes connections at one URL, and passes each to a coordinator that lives. */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export type Balancer = Readonly<{
  url: string;
  /** From now on a service on this port of the machine gets its part of the connections. */
  add(port: number): void;
  /** Connections that each port has had, in the order in which they were added. */
  served(): readonly number[];
  stop(): Promise<void>;
}>;

const HOST = '127.0.0.1';

export async function startBalancer(): Promise<Balancer> {
  const served = new Map<number, number>();
  const open = new Set<Socket>();
  let turn = 0;
  const server = createServer((from) => void pass(from));
  server.listen(0, HOST);
  await once(server, 'listening');

  async function pass(from: Socket): Promise<void> {
    keep(from);
    const ports = [...served.keys()];
    turn += 1;
    for (let tries = 0; tries < ports.length; tries++) {
      const port = ports[(turn + tries) % ports.length] ?? 0;
      const to = await reached(port);
      if (!to) continue;
      keep(to);
      served.set(port, (served.get(port) ?? 0) + 1);
      from.pipe(to);
      to.pipe(from);
      from.once('close', () => to.destroy());
      to.once('close', () => from.destroy());
      return;
    }
    from.destroy();
  }

  /** One end that breaks is the other's end too, and no trouble of ours. */
  function keep(socket: Socket): void {
    open.add(socket);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => open.delete(socket));
  }

  return {
    url: `http://${HOST}:${(server.address() as AddressInfo).port}`,
    add: (port) => void served.set(port, 0),
    served: () => [...served.values()],
    async stop() {
      server.close();
      for (const socket of open) socket.destroy();
      await once(server, 'close');
    },
  };
}

/** Null where nobody listens. */
async function reached(port: number): Promise<Socket | null> {
  const socket = connect({ host: HOST, port });
  try {
    await once(socket, 'connect');
    return socket;
  } catch {
    return null;
  }
}
