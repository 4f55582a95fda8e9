/** Finds the jobs that name this coordinator, by the escrow's events, and takes on those that are active. protocol.md §5.1 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Contracts } from '#contracts/connect.ts';
import { openingsFor } from '#contracts/events.ts';
import { JobState } from '#contracts/bindings/training-escrow.ts';
import type { Address } from '#protocol/units.ts';
import { factsOf, type Log } from '../driver/log.ts';
import { sayOnce } from '../driver/poll.ts';

export type WatchParts = Readonly<{
  contracts: Contracts;
  coordinator: Address;
  pollMillis: number;
  /** Until a job that could not be taken on is tried again. */
  retryMillis: number;
  /** Blocks that a reorganisation may replace: they are read again. */
  unsettledBlocks: number;
  /** Whether a job is known already. */
  has(job: number): boolean;
  takeOn(job: number, rounds: number): Promise<void>;
  log: Log;
  signal: AbortSignal;
}>;

/** Runs until the signal aborts; a chain that is away is waited for. */
export async function watchJobs(parts: WatchParts): Promise<void> {
  const opened = new Set<number>();
  const underWay = new Set<number>();
  let from = parts.contracts.deployment.blocks.escrow;
  while (!parts.signal.aborted) {
    try {
      const to = await parts.contracts.provider.getBlockNumber();
      if (to >= from) {
        for (const { args } of await openingsFor(parts.contracts, parts.coordinator, { from, to }))
          opened.add(Number(args.job));
        from = Math.max(from, to + 1 - parts.unsettledBlocks);
      }
      await takeOnActive(parts, opened, underWay);
    } catch (error) {
      parts.log.warn(factsOf(error), 'the chain could not be read for jobs; trying again');
    }
    await delay(parts.pollMillis, undefined, { signal: parts.signal }).catch(() => undefined);
  }
}

async function takeOnActive(parts: WatchParts, opened: Set<number>, underWay: Set<number>): Promise<void> {
  for (const job of opened) {
    if (underWay.has(job)) continue;
    const { state, rounds } = await parts.contracts.escrow.read.jobOf(BigInt(job));
    if (state === JobState.Open) continue;
    opened.delete(job);
    if (state !== JobState.Active || parts.has(job)) continue;
    underWay.add(job);
    void takeOn(parts, job, rounds).finally(() => underWay.delete(job));
  }
}

/** One job whose terms are wrong, or not to be had yet, keeps no other waiting. */
async function takeOn(parts: WatchParts, job: number, rounds: number): Promise<void> {
  const say = sayOnce(parts.log);
  for (;;) {
    try {
      return await parts.takeOn(job, rounds);
    } catch (error) {
      say.failed({ job }, error, 'a job could not be taken on; trying again');
    }
    await delay(parts.retryMillis, undefined, { signal: parts.signal }).catch(() => undefined);
    if (parts.signal.aborted) return;
  }
}
