/** The owner's agent: finds its jobs on the chain and takes part in them until it is told to stop. protocol.md §4 */
import { join } from 'node:path';
import { computeAddress, Wallet, type SigningKey } from 'ethers';
import { TributaryError } from '#crypto/error.ts';
import { systemRng } from '#crypto/random.ts';
import { connect, connectAs } from '#contracts/connect.ts';
import { assertDeployment } from '#contracts/deployed-code.ts';
import type { Deployment } from '#contracts/deployment.ts';
import type { ChallengeRules } from '#contracts/postings/challenge.ts';
import { LOCAL_CHAIN, openChain } from '#contracts/provider.ts';
import { createTransactor } from '#contracts/transact.ts';
import { takeLock } from '#datasets/folder-lock.ts';
import { connectIpfs } from '#datasets/ipfs.ts';
import { defaultReading, type Reading } from '#datasets/schema.ts';
import { toAddress } from '#protocol/units.ts';
import { agreedReads } from './agreed-reads.ts';
import { pause, persist, type Patience } from './backoff.ts';
import { chainReads, type ChainReads } from './chain.ts';
import { emptyEvidenceFolder } from './evidence.ts';
import { encodedRows } from './encoded-rows.ts';
import { followJob } from './follow-job.ts';
import { holder, type Hold } from './hold.ts';
import { loadHoldings, type OwnFile } from './holdings.ts';
import { openJournal } from './journal/journal.ts';
import { openLineage } from './lineage.ts';
import type { Log } from './log.ts';
import { openPostings } from './postings.ts';
import { reaching } from './reach.ts';
import type { Setting } from './setting.ts';
import { localTrainer } from './train.ts';
import { watchPostings } from './watch-postings.ts';

export type ClientOptions = Readonly<{
  /** The client's home: its lock, its journal, its copies of the lineage. */
  folder: string;
  /** The operator key, which signs every message and seals the journal. */
  key: SigningKey;
  deployment: Deployment;
  rpcUrl: string;
  /** Further RPCs: it acts on nothing of the chain that one of them denies. None by default. */
  furtherRpcUrls?: readonly string[];
  ipfsUrl: string;
  /** Id in the registry. */
  dataset: number;
  /** Path of the rows; they are read here and go nowhere. */
  csv: string;
  /** How they are read; by the file's name where it is left out. */
  reading?: Reading;
  /** 32 bytes, as at registration. */
  salt: Uint8Array;
  /** What it does about a posted round that is false; by default it challenges it from the operator's account. */
  challenges?: ChallengeRules;
  log: Log;
  signal?: AbortSignal;
  /** The test hook, and who hears that it holds. */
  hold?: Hold | null;
  held?: (line: string) => void;
  /** Milliseconds between looks at chain and coordinator; by default 500 on the local chain, 15,000 elsewhere. */
  pollMillis?: number;
}>;

export type Client = Readonly<{
  /** Settles when the client has stopped; rejects with what it can't go on after. */
  done: Promise<void>;
  /** Stops, and resolves when the home is free again. A message that is under way may or may not arrive. */
  stop(): Promise<void>;
}>;

const challengesByDefault: ChallengeRules = { automatic: true, maximumBond: null };

/**
 * Starts a client. It resumes from its journal whatever it was in the middle of.
 *
 * `done` rejects with TributaryError `client/locked`, `hold/refused`, `data/…`, `journal/…`, and `deployment/…`
 * where the contracts are not what the record says; what may come back (coordinator, chain, IPFS, disk space) is waited for.
 */
export function startClient(options: ClientOptions): Client {
  const stopping = new AbortController();
  const done = run(options, stopping);
  // A caller that only stops need not watch `done` too.
  done.catch(() => undefined);
  return {
    done,
    async stop() {
      stopping.abort();
      await done.catch(() => undefined);
    },
  };
}

async function run(options: ClientOptions, stopping: AbortController): Promise<void> {
  const signal = options.signal ? AbortSignal.any([options.signal, stopping.signal]) : stopping.signal;
  const lock = await takeLock(join(options.folder, 'client.lock'), (pid) => inUse(options.folder, pid));
  const failures: unknown[] = [];
  try {
    await serve(await prepare(options, signal), (failure) => {
      if (!signal.aborted) failures.push(failure);
      stopping.abort();
    });
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    await lock.release();
  }
  if (failures.length > 0) throw failures[0];
}

async function prepare(options: ClientOptions, signal: AbortSignal): Promise<Setting> {
  const { deployment, folder, key, dataset, csv, salt, log } = options;
  const { chainId, escrow } = deployment;
  const local = chainId === LOCAL_CHAIN;
  const patience: Patience = { first: 250, longest: local ? 4_000 : 60_000, signal, log };
  const hold = holder(options.hold, chainId, options.held ?? ((line) => log.info({}, line)), signal);
  const store = connectIpfs(options.ipfsUrl);
  const opened = (url: string) => persist(() => openChain(url, { chainId }), patience);
  const readsBy = async (url: string): Promise<ChainReads> => {
    const contracts = connect(deployment, await opened(url));
    await persist(() => assertDeployment(contracts), patience);
    return chainReads(contracts, BigInt(dataset));
  };
  const further = await Promise.all((options.furtherRpcUrls ?? []).map(readsBy));
  const chain = agreedReads(await readsBy(options.rpcUrl), ...further);
  const file: OwnFile = { path: csv, reading: options.reading ?? defaultReading(csv), salt };
  const holdings = await persist(() => loadHoldings({ dataset, file, chain, store }), patience);
  log.info({ dataset, rows: holdings.rows }, `dataset ${dataset} is ready`);
  const rng = systemRng();
  const encoded = encodedRows(file, holdings, { folder });
  return {
    domain: { chainId, escrow },
    key,
    operator: toAddress(computeAddress(key.publicKey)),
    holdings,
    chain,
    store,
    journal: openJournal(folder, key),
    lineage: openLineage(folder),
    evidenceFolder: await emptyEvidenceFolder(folder),
    postings: openPostings(folder),
    court: {
      contracts: connectAs(deployment, await createTransactor(new Wallet(key, await opened(options.rpcUrl)))),
      rules: options.challenges ?? challengesByDefault,
    },
    train: localTrainer(encoded, rng),
    release: (job) => encoded.release(job),
    hold,
    ...reaching(log, signal),
    rng,
    now: () => Math.floor(Date.now() / 1000),
    pollMillis: options.pollMillis ?? (local ? 500 : 15_000),
    patience,
    log,
  };
}

/**
 * Looks for new jobs, and follows all that it has found side by side, until the signal of `setting.patience`.
 *
 * @param halt is told what one job can't go on after; it ends the others
 */
export async function serve(setting: Setting, halt: (failure: unknown) => void): Promise<void> {
  const { chain, patience, pollMillis } = setting;
  const followed = new Map<number, Promise<unknown>>();
  try {
    for (;;) {
      const jobs = await persist(() => chain.jobs(), patience);
      for (const job of jobs.filter((found) => !followed.has(found))) {
        const beside = watchPostings(setting, job).catch(halt);
        followed.set(job, Promise.all([followJob(setting, job).catch(halt), beside]));
      }
      await pause(pollMillis, patience.signal);
    }
  } finally {
    await Promise.all(followed.values());
  }
}

const inUse = (folder: string, pid: number) =>
  new TributaryError(
    'client/locked',
    `process ${pid} already runs a client in ${folder}: stop it first, or give this one another home`,
  );
