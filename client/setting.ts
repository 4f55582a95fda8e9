/** What a running client has at hand for all of its jobs. protocol.md §4 */
import type { SigningKey } from 'ethers';
import type { SendingContracts } from '#contracts/connect.ts';
import type { ChallengeRules } from '#contracts/postings/challenge.ts';
import type { Rng } from '#crypto/random.ts';
import type { BlockStore } from '#datasets/blockstore.ts';
import type { CoordinatorApi } from '#protocol/http/coordinator-api.ts';
import type { Domain } from '#protocol/typed-data.ts';
import type { Address } from '#protocol/units.ts';
import type { Patience } from './backoff.ts';
import type { ChainReads } from './chain.ts';
import type { Holder } from './hold.ts';
import type { Holdings } from './holdings.ts';
import type { Journal } from './journal/journal.ts';
import type { Lineage } from './lineage.ts';
import type { Log } from './log.ts';
import type { Postings } from './postings.ts';
import type { Trainer } from './train.ts';

/** The account that challenges, and what it may do. */
export type Court = Readonly<{ contracts: SendingContracts; rules: ChallengeRules }>;

export type Setting = Readonly<{
  domain: Domain;
  key: SigningKey;
  operator: Address;
  holdings: Holdings;
  chain: ChainReads;
  store: BlockStore;
  journal: Journal;
  lineage: Lineage;
  /** Where evidence is while it is checked. */
  evidenceFolder: string;
  /** Kept of each posted round that was checked. */
  postings: Postings;
  /** With what a false one is challenged; null: rounds are not watched here. */
  court: Court | null;
  train: Trainer;
  /** A job is over: what was kept for it in memory is let go. */
  release(job: number): void;
  hold: Holder;
  /** A coordinator by its URL. */
  coordinator(url: string): CoordinatorApi;
  /** Whole Unix seconds by the answers of a coordinator, whose deadlines are moments of its own clock. */
  timeAt(url: string): number;
  rng: Rng;
  /** Whole Unix seconds, by this machine. */
  now(): number;
  /** Milliseconds between looks at a chain or coordinator that has nothing new. */
  pollMillis: number;
  patience: Patience;
  log: Log;
}>;
