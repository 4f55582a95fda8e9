/** What a client holds of the attempt that it takes part in: facts it checked, its keys, its doors. protocol.md §4 */
import type { SigningKey } from 'ethers';
import type { Binding } from '#crypto/agreement.ts';
import type { Rng } from '#crypto/random.ts';
import { fromHex } from '#crypto/bytes.ts';
import type { AttemptOnChain } from '#contracts/attempts.ts';
import type { BlockStore } from '#datasets/blockstore.ts';
import type { Job } from '#model/job.ts';
import type { Model } from '#model/model-store.ts';
import type { PreviousRound } from '#model/round-result.ts';
import type { Flaw } from '#protocol/flaw.ts';
import type { CoordinatorApi } from '#protocol/http/coordinator-api.ts';
import { contextOf, type AttemptId } from '#protocol/job-id.ts';
import type { Signed } from '#protocol/messages.ts';
import type { Committed } from '#protocol/rules/committed.ts';
import type { SeatPrice } from '#protocol/rules/payouts.ts';
import type { Expected, Roster, SeatFacts } from '#protocol/rules/roster.ts';
import { signTyped } from '#protocol/signature.ts';
import type { PrimaryType } from '#protocol/typed-data.ts';
import type { Address, Bytes32 } from '#protocol/units.ts';
import type { AttemptJournal } from './journal/attempt-journal.ts';
import type { Journal } from './journal/journal.ts';
import type { Update } from './journal/update-journal.ts';
import type { Lineage } from './lineage.ts';
import type { Log } from './log.ts';

/** What the steps send to, and fetch from, the coordinator. */
export type RoundApi = Pick<
  CoordinatorApi,
  | 'deliveries'
  | 'evidence'
  | 'enrol'
  | 'share'
  | 'receive'
  | 'upload'
  | 'confirm'
  | 'abort'
  | 'unmask'
  | 'attest'
  | 'refuse'
>;

/** A seat as the chain holds it now. */
export type Seat = SeatFacts & SeatPrice;

/** The phases in which a client acts, for the test hook. */
export type ActingPhase =
  'announced' | 'enrolling' | 'sharing' | 'receiving' | 'masking' | 'confirming' | 'unmasking' | 'settling';

export type Attempt = Readonly<{
  id: AttemptId;
  job: Job;
  /** This client's seat, its dataset there, and the dataset's public weight. */
  seat: number;
  dataset: number;
  weight: number;
  /** The round's model, recomputed from what the chain settled. */
  model: Model;
  expected: Expected;
  previous: PreviousRound | null;
  bonusPool: bigint;

  key: SigningKey;
  operator: Address;
  rng: Rng;
  /** Whole Unix seconds, by the coordinator's answers: its deadlines are held against nothing else. */
  now(): number;

  journal: Journal;
  /** The journal of this attempt. */
  record: AttemptJournal;
  lineage: Lineage;
  /** Where evidence is while it is checked. */
  evidenceFolder: string;
  api: RoundApi;
  /** What the coordinator has acknowledged since this process started. */
  acknowledged: Set<string>;
  store: BlockStore;
  /** All seats of the job, by this client's own RPC, in seat order. */
  readSeats(): Promise<readonly Seat[]>;
  /** What the escrow holds of an attempt, once no reorganisation is feared for it. */
  readAttempt(id: AttemptId): Promise<AttemptOnChain>;
  /** The same with the randomness that drew its graph. @throws TributaryError `chain/not-final` */
  readCommitted(id: AttemptId): Promise<Committed>;
  /** The prevrandao of a block; null while it may still change. */
  readSeed(block: number): Promise<Bytes32 | null>;
  /** Whether the owner's policy takes these seats as a cohort, its own among them. */
  cohortFlaw(cohort: readonly SeatFacts[]): Flaw | null;
  /** Trains on the owner's rows, clips and quantises. */
  train(): Promise<Update>;
  /** Stops here for ever when the test hook says so. */
  hold(phase: ActingPhase): Promise<void>;
  log: Log;
}>;

export const sign = <Message extends object>(
  { key, job }: Pick<Attempt, 'key' | 'job'>,
  type: PrimaryType,
  message: Message,
): Signed<Message> => ({ message, signature: signTyped(key, job.id, type, message) });

/** What this attempt's keys are bound to. */
export const bindingFor = ({ job, id, model }: Attempt, roster: Roster): Binding => ({
  context: contextOf(job.id, id),
  roster: fromHex(roster.root),
  parameters: fromHex(job.digests.parameters),
  model: fromHex(model.digest),
});

/** Others' messages bring new views of a phase in which this client has done its part. */
export const isAcknowledged = ({ acknowledged }: Attempt, name: string): boolean => acknowledged.has(name);

/** Sends a journalled message until it was acknowledged once; the coordinator takes a repetition of it. */
export async function deliver(attempt: Attempt, name: string, send: () => Promise<unknown>): Promise<void> {
  if (isAcknowledged(attempt, name)) return;
  await send();
  attempt.acknowledged.add(name);
}
