/** The ports of a local stack: the asked ones if they are free, or any that are. */
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { TributaryError } from '#crypto/error.ts';
import { serviceNames, type ServiceName } from './paths.ts';
import { holderText, portHolder } from './port-holder.ts';

export type Ports = Readonly<Record<ServiceName, number>>;

/**
 * Sees that the ports are free now. Another process may still be faster: the service itself says so then.
 *
 * @throws TributaryError `dev/port-taken` with the option that changes it; `dev/one-port-twice`
 */
export async function claimPorts(wanted: Ports): Promise<Ports> {
  const used = new Map<number, ServiceName>();
  for (const service of serviceNames) {
    const port = wanted[service];
    const other = used.get(port);
    if (other !== undefined) {
      throw new TributaryError(
        'dev/one-port-twice',
        `${other} and ${service} can not both listen on ${port}: change --${service}-port`,
      );
    }
    used.set(port, service);
    if ((await freePort(port)) === null) {
      throw new TributaryError(
        'dev/port-taken',
        `port ${port}, meant for the ${service}, is taken by ${holderText(portHolder(port))}: stop it, choose ` +
          `another by --${service}-port, or let --ports free choose`,
      );
    }
  }
  return wanted;
}

/** The preferred ports where they are free, others where not. */
export async function freePorts(preferred: Partial<Ports>): Promise<Ports> {
  const found = new Map<ServiceName, number>();
  for (const service of serviceNames) {
    let port = await freePort(preferred[service] ?? 0);
    while (port === null || [...found.values()].includes(port)) port = await freePort(0);
    found.set(service, port);
  }
  return Object.fromEntries(found) as Ports;
}

/** The port, or for 0 any free one; null where it is taken. */
export async function freePort(port: number): Promise<number | null> {
  const server = createServer();
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  } catch {
    return null;
  } finally {
    server.close();
  }
}
