/** Runs an arbiter: finds the disputes that name it, and attends to each until it is over. protocol.md §5.6 */
import { setTimeout as delay } from 'node:timers/promises';
import { TributaryError } from '#crypto/error.ts';
import { disputedHeads, isOngoing, readDispute } from '#contracts/dispute-list.ts';
import { latestBlock } from '#contracts/events.ts';
import { confirmationsFor } from '#contracts/provider.ts';
import type { Bytes32 } from '#protocol/units.ts';
import { attend, type Attending } from './attend.ts';

export type ArbiterOptions = Attending &
  Readonly<{
    /** Take the fees as they come. */
    withdraw: boolean;
  }>;

/** Until the signal aborts. What is away is told, and waited for. @throws what has no code: a bug */
export async function runArbiter(options: ArbiterOptions): Promise<void> {
  const { contracts, signal, tell, pollMillis } = options;
  const stop = new AbortController();
  const attending = { ...options, signal: AbortSignal.any([signal, stop.signal]) };
  const underWay = new Map<Bytes32, Promise<void>>();
  const bugs: unknown[] = [];
  let from = contracts.deployment.blocks.disputes;
  let said = '';
  try {
    while (!signal.aborted && bugs.length === 0) {
      try {
        const to = await latestBlock(contracts);
        for (const head of await ownHeads(options, from, to)) {
          if (underWay.has(head)) continue;
          const done = attend(attending, head).catch((error: unknown) => void bugs.push(error));
          underWay.set(head, done);
        }
        // Blocks that a reorganisation may replace are read again.
        from = Math.max(from, to + 2 - confirmationsFor(contracts.deployment.chainId));
        if (options.withdraw && !options.dryRun) await takeFees(options);
        said = '';
      } catch (error) {
        if (!(error instanceof TributaryError)) throw error;
        const { code, message } = error;
        if (code !== said) tell({ event: 'trouble', code, message });
        said = code;
      }
      await delay(pollMillis, undefined, { signal }).catch(() => undefined);
    }
  } finally {
    stop.abort();
    await Promise.all(underWay.values());
  }
  if (bugs.length > 0) throw bugs[0];
}

/** Disputes that were opened in these blocks, are not over, and name this account as their arbiter. */
async function ownHeads({ contracts }: Attending, from: number, to: number): Promise<Bytes32[]> {
  if (to < from) return [];
  const heads = await disputedHeads(contracts, null, { from, to });
  const found = await Promise.all(heads.map((head) => readDispute(contracts, head)));
  return found.flatMap((dispute) =>
    dispute && dispute.arbiter === contracts.account && isOngoing(dispute) ? [dispute.head] : [],
  );
}

/** Takes what judgements have earned, if there is anything. @returns base units */
export async function takeFees({ contracts, tell }: Pick<Attending, 'contracts' | 'tell'>): Promise<bigint> {
  const amount = await contracts.disputes.read.credits(contracts.account);
  if (amount === 0n) return 0n;
  const { transaction } = await contracts.disputes.send.withdraw();
  tell({ event: 'withdrawn', amount, transaction });
  return amount;
}
