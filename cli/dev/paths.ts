/** Where `tributary dev` keeps what it needs in a home. */
import { join } from 'node:path';

/** The services of a stack, in the order in which they start. */
export const serviceNames = ['chain', 'ipfs', 'coordinator'] as const;
export type ServiceName = (typeof serviceNames)[number];

export type DevPaths = Readonly<{
  folder: string;
  lock: string;
  /** Which processes run, for the next `dev` after a kill -9. */
  processes: string;
  chainState: string;
  /** The record of the contracts that this stack deployed; the home's own is a copy. */
  deployment: string;
  /** Where commands look for it. */
  published: string;
  /** A random password for the coordinator's keystore. */
  password: string;
  /** The coordinator's home. */
  coordinator: string;
  ipfs: string;
  logs: string;
}>;

export function devPaths(home: string): DevPaths {
  const folder = join(home, 'dev');
  const inside = (name: string) => join(folder, name);
  return {
    folder,
    lock: inside('lock'),
    processes: inside('processes.json'),
    chainState: inside('chain-state.json'),
    deployment: inside('deployment.json'),
    published: join(home, 'deployment.json'),
    password: inside('password'),
    coordinator: inside('coordinator'),
    ipfs: inside('ipfs'),
    logs: join(home, 'logs'),
  };
}
