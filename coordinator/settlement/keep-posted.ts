/**
 * Keeps on chain what this coordinator settled: rounds that a dispute voided or a reorganisation dropped are posted again,
 * in order, each as it is on disk, with nothing of it aggregated anew. Derived from chain and disk alone, so that it goes on
 * wherever it was cut off. protocol.md §5.3
 */
import { JobState, type Job as JobOnChain } from '#contracts/bindings/training-escrow.ts';
import type { Contracts } from '#contracts/connect.ts';
import { chainError } from '#contracts/decode-error.ts';
import { voidingsOf } from '#contracts/events.ts';
import { readSettlements } from '#contracts/job-facts.ts';
import { TributaryError } from '#crypto/error.ts';
import type { AttemptId } from '#protocol/job-id.ts';
import { toBytes32, type Bytes32 } from '#protocol/units.ts';
import type { Log } from '../driver/log.ts';
import type { Performers } from '../driver/perform.ts';
import { poll, sayOnce, type Say } from '../driver/poll.ts';
import { idOf } from '../round/base.ts';
import type { Settled } from '../round/settled.ts';
import { postingOf, type Posting } from '../round/settling.ts';
import { roundLost } from './posting.ts';

export type KeepPostedParts = Readonly<{
  contracts: Contracts;
  pollMillis: number;
  /** Blocks that a reorganisation may replace: a round is missed for so many before it is posted again. */
  unsettledBlocks: number;
  /** Jobs and the last round that this coordinator saw settled; 0 for none. */
  settled(): readonly Readonly<{ job: number; last: number }>[];
  /** A round as it was settled; null where this folder does not know it. */
  settledRound(job: number, round: number): Promise<Settled | null>;
  post: Performers['settle'];
  /** The round is settled by another transaction than it was. */
  moved(id: AttemptId, transaction: Bytes32): Promise<unknown>;
  /** Rounds of a job, from that of the attempt to the last, are void. Told once a transaction, as long as this process lives. */
  voided(id: AttemptId, last: number, transaction: Bytes32): Promise<unknown>;
  log: Log;
  signal: AbortSignal;
}>;

type Block = Readonly<{ number: number; timestamp: number }>;

/** What is remembered of a job between two looks; a restart may forget it. */
type Memory = {
  /** The last round that was final, or that can't be posted any more: until there is a later one nobody looks. */
  restingAt: number;
  /** Block in which a round was first missed that no dispute voided. */
  missedAt: number | null;
  underWay: boolean;
  /** Transactions that voided rounds, as far as that was told. */
  readonly told: Set<string>;
  readonly say: Say;
};

/** Runs until the signal aborts; a chain that is away is waited for. */
export async function keepPosted(parts: KeepPostedParts): Promise<void> {
  const memories = new Map<number, Memory>();
  const memoryOf = (job: number): Memory => {
    const known = memories.get(job);
    const begun = { restingAt: 0, missedAt: null, underWay: false };
    const memory = known ?? { ...begun, told: new Set(), say: sayOnce(parts.log) };
    memories.set(job, memory);
    return memory;
  };
  await poll(parts, 'the chain could not be read for settled rounds; trying again', async () => {
    const awake = parts.settled().filter(({ job, last }) => {
      const { restingAt, underWay } = memoryOf(job);
      return last > restingAt && !underWay;
    });
    if (awake.length === 0) return;
    const block = await latestBlock(parts.contracts);
    await Promise.all(awake.map(({ job, last }) => look(parts, memoryOf(job), { job, last, block })));
  });
}

type Voidings = Awaited<ReturnType<typeof voidingsOf>>;
type Looked = Readonly<{ job: number; last: number; block: Block }>;

async function look(parts: KeepPostedParts, memory: Memory, looked: Looked): Promise<void> {
  const { job, last, block } = looked;
  try {
    const found = await parts.contracts.escrow.read.jobOf(BigInt(job));
    if (found.posted >= last) {
      memory.missedAt = null;
      if (found.frozenFrom === 0 && block.timestamp >= found.readyAt) memory.restingAt = last;
      memory.say.well();
      return;
    }
    const voidings = await voidingsOf(parts.contracts, BigInt(job));
    await tellVoid(parts, memory, job, voidings);
    if (isOver(found, block)) {
      memory.restingAt = last;
      memory.say.error({ job, round: found.posted + 1, last }, 'void rounds stay void: the job is over');
      return;
    }
    if (!isGone(parts, memory, looked, voidings, found.posted + 1)) return;
    // One that waits for its block keeps no other job waiting.
    memory.underWay = true;
    void postFrom(parts, memory, looked, found.posted + 1).finally(() => (memory.underWay = false));
  } catch (error) {
    memory.say.failed({ job }, error, 'whether the rounds are on chain can not be told now; trying again');
  }
}

const isOver = ({ state, cutoff }: JobOnChain, { timestamp }: Block): boolean =>
  state !== JobState.Active || timestamp >= cutoff;

/** Void, or missed for as long as a reorganisation takes, in which the network may bring it back by itself. */
function isGone(
  { unsettledBlocks }: KeepPostedParts,
  memory: Memory,
  { block }: Looked,
  voidings: Voidings,
  round: number,
): boolean {
  if (voidings.some(({ args }) => args.round <= round && round <= args.last)) return true;
  memory.missedAt ??= block.number;
  return block.number - memory.missedAt + 1 >= unsettledBlocks;
}

async function tellVoid(
  { settledRound, voided }: KeepPostedParts,
  { told }: Memory,
  job: number,
  voidings: Voidings,
): Promise<void> {
  for (const { args, transaction } of voidings) {
    if (told.has(transaction)) continue;
    const settled = await settledRound(job, args.round);
    if (settled) await voided(idOf(settled), args.last, toBytes32(transaction));
    told.add(transaction);
  }
}

async function postFrom(
  parts: KeepPostedParts,
  memory: Memory,
  { job, last }: Looked,
  first: number,
): Promise<void> {
  const { say } = memory;
  const isStopped = (): boolean => parts.signal.aborted;
  for (let round = first; round <= last && !isStopped(); round += 1) {
    try {
      const settled = await parts.settledRound(job, round);
      if (!settled) throw roundLost(job, round);
      parts.log.warn(idOf(settled), 'the round is not on chain any more: it is posted again');
      await post(parts.post, postingOf(settled));
      await keepTransaction(parts, settled);
      parts.log.info(idOf(settled), 'the round is posted again');
      say.well();
    } catch (error) {
      if (isStopped()) return;
      return say.failed({ job, round }, error, 'a round could not be posted again; trying again');
    }
  }
}

/** @throws TributaryError `coordinator/round-not-posted` where no later try can change it */
async function post(send: Performers['settle'], posting: Posting): Promise<void> {
  const event = await send(posting);
  if (event.type === 'quorum-refused') return post(send, { ...posting, quorum: null });
  if (event.type === 'failed') throw new TributaryError('coordinator/round-not-posted', event.reason);
}

/** What the chain names now: a void posting's own transaction, if it is still there. */
async function keepTransaction({ contracts, moved }: KeepPostedParts, settled: Settled): Promise<void> {
  const { job, round } = idOf(settled);
  const found = (await readSettlements(contracts, job))[round - 1];
  if (found && found.transaction !== settled.transaction) await moved(idOf(settled), found.transaction);
}

async function latestBlock({ provider }: Contracts): Promise<Block> {
  try {
    const block = await provider.getBlock('latest');
    if (block) return block;
  } catch (error) {
    throw chainError(error, 'the latest block');
  }
  throw new TributaryError('chain/failed', 'the chain gave no latest block');
}
