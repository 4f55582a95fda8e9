/**
 * Follows the disputes of this coordinator's rounds: defends what is true, concludes what a deadline has decided, and takes
 * bonds back. Derived from the chain alone, so that it goes on wherever it was cut off. protocol.md §5.6
 */
import { latestTime } from '#contracts/chain-time.ts';
import { isDecided, isOngoing, readDispute, type DisputeFacts } from '#contracts/dispute-list.ts';
import { readEvents } from '#contracts/events.ts';
import { toBytes32, type Address, type Bytes32 } from '#protocol/units.ts';
import type { Log } from '../driver/log.ts';
import { poll, sayOnce, type Say } from '../driver/poll.ts';
import { defend, type DefendParts, type Disputed } from './defend.ts';

export type DisputeParts = DefendParts &
  Readonly<{
    coordinator: Address;
    /** Whether this coordinator, of several of one account, has the job. */
    isMine(job: number): boolean;
    pollMillis: number;
    /** Blocks that a reorganisation may replace: they are read again. */
    unsettledBlocks: number;
    log: Log;
    signal: AbortSignal;
  }>;

type Open = Disputed & Readonly<{ say: Say }>;

/** Runs until the signal aborts; a chain that is away is waited for. */
export async function watchDisputes(parts: DisputeParts): Promise<void> {
  const { contracts, coordinator, unsettledBlocks } = parts;
  const open = new Map<Bytes32, Open>();
  const ended = new Set<Bytes32>();
  let from = contracts.deployment.blocks.disputes;
  let owed = true;
  await poll(parts, 'disputes could not be followed; trying again', async () => {
    const to = await contracts.provider.getBlockNumber();
    if (to >= from) {
      for (const { args } of await readEvents(
        contracts,
        contracts.disputes,
        'Challenged',
        {},
        { from, to },
      )) {
        const head = toBytes32(args.head);
        if (args.coordinator !== coordinator || open.has(head) || ended.has(head)) continue;
        open.set(head, { head, job: Number(args.job), round: args.round, say: sayOnce(parts.log) });
      }
      from = Math.max(from, to + 1 - unsettledBlocks);
    }
    for (const dispute of open.values()) {
      if (parts.signal.aborted) return;
      if (!parts.isMine(dispute.job) || !(await follow(parts, dispute))) continue;
      open.delete(dispute.head);
      ended.add(dispute.head);
      owed = true;
    }
    if (owed) await takeBack(parts);
    owed = false;
  });
}

/** @returns whether the dispute is over; one that can't be followed keeps no other waiting */
async function follow(parts: DisputeParts, { say, head, job, round }: Open): Promise<boolean> {
  const { contracts, log, signal } = parts;
  try {
    const dispute = await readDispute(contracts, head);
    // A reorganisation took the challenge back; it is found again if it comes again.
    if (!dispute) return false;
    if (!isOngoing(dispute)) {
      log.info({ job, round, head, outcome: dispute.status }, 'a dispute is over');
      return true;
    }
    if (isDecided(dispute, await latestTime(contracts))) {
      log.info({ job, round, head }, 'a dispute is concluded: its time is over, or an earlier round is void');
      await contracts.disputes.send.conclude(head);
      return false;
    }
    if (dispute.status === 'open') await answer(parts, dispute, say);
  } catch (error) {
    if (!signal.aborted)
      say.failed({ job, round, head }, error, 'a dispute could not be followed; trying again');
  }
  return false;
}

async function answer(parts: DisputeParts, dispute: DisputeFacts, say: Say): Promise<void> {
  const { job, round, head, challenger, bond, deadline } = dispute;
  const refused = await defend(parts, dispute);
  if (refused) say.error({ job, round, head, challenger, deadline, code: refused.code }, refused.detail);
  else {
    parts.log.warn(
      { job, round, head, challenger, bond: bond.toString() },
      'a challenged round is defended; the arbiter judges',
    );
  }
}

/** Bonds that came back or were won. */
async function takeBack({ contracts: { disputes, account }, log }: DisputeParts): Promise<void> {
  const amount = await disputes.read.credits(account);
  if (amount === 0n) return;
  await disputes.send.withdraw();
  log.info({ amount: amount.toString() }, 'bonds are taken back');
}
