/** What a coordinator is started with, and what is then there. */
import type { Wallet } from 'ethers';
import type { Deployment } from '#contracts/deployment.ts';
import type { Clock } from './driver/clock.ts';
import type { Hold } from './driver/hold.ts';
import type { Log } from './driver/log.ts';
import type { KeptPolicy } from './operations/keep.ts';
import type { Lie } from './settlement/lie.ts';
import type { KeptCertificate } from './tls/keep.ts';

export type CoordinatorOptions = Readonly<{
  /** Holds the embedded database, and masked inputs and evidence if they have no folder of their own. */
  folder: string;
  /** For masked inputs and evidence: one and the same for all coordinators of a database. */
  blobs?: string | undefined;
  /** A PostgreSQL server's: several coordinators may share it. */
  databaseUrl?: string | undefined;
  host: string;
  /** 0 for any free one. */
  port: number;
  /** Where clients reach it, if not at host and port. */
  publicUrl?: string;
  /** What it shows where it serves TLS by itself. The caller closes it. */
  tls?: KeptCertificate;
  /** Where `/metrics` is served; nowhere unless given. */
  metrics?: Readonly<{ host: string; port: number }>;
  rpcUrl: string;
  ipfsUrl: string;
  deployment: Deployment;
  /** The account that jobs name as their coordinator; it pays for settlements. */
  wallet: Wallet;
  /** Most wei for a unit of gas: above it transactions wait. */
  maxGasPrice?: bigint;
  hold?: Hold | null;
  /** What is posted falsely, once. */
  lie?: Lie | null;
  /** Told the one line of the test hook. */
  onHeld?: (line: string) => void;
  log: Log;
  clock?: Clock;
  /** Where whoever is on this machine commands it; nowhere unless given. */
  control?: string;
  /** Takes on no job, from the start. */
  draining?: boolean;
  /** What it takes on; the default policy where none is given. The caller closes it. */
  policy?: KeptPolicy;
  /** A folder with a freshly made database, made when missing; saves seconds at the first start. */
  prepared?: string;
}>;

export type Coordinator = Readonly<{
  url: string;
  metricsUrl: string | null;
  /** Of this process: the server lists its connections under it. */
  instance: string;
  stop(): Promise<void>;
}>;
