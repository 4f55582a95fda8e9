/** One dispute, from when it is seen to its end: waits for the defence, recomputes, judges once. protocol.md §5.6 */
import { setTimeout as delay } from 'node:timers/promises';
import { latestTime } from '#contracts/chain-time.ts';
import type { SendingContracts } from '#contracts/connect.ts';
import { chainError } from '#contracts/decode-error.ts';
import { isOngoing, readDispute, type DisputeFacts } from '#contracts/dispute-list.ts';
import { TributaryError } from '#crypto/error.ts';
import { inTime } from '#protocol/time-limit.ts';
import type { Bytes32 } from '#protocol/units.ts';
import { dropEvidence } from '../dispute/evidence.ts';
import { recomputeRound, type Recomputing } from '../dispute/recompute.ts';
import { recordJudgement } from './judgements.ts';
import type { Tell } from './news.ts';
import { opinionOf, patienceLeft, type Opinion } from './opinion.ts';

export type Attending = Omit<Recomputing, 'contracts'> &
  Readonly<{
    contracts: SendingContracts;
    /** Of this arbiter's records. */
    judgements: string;
    /** Tell what it would judge, and send nothing. */
    dryRun: boolean;
    pollMillis: number;
    tell: Tell;
    signal: AbortSignal;
  }>;

/** What was told of this dispute: each step once, and what holds it up when that changes. */
type Said = { readonly steps: Set<string>; holdUp: string };

/** The chain's seconds between two recomputations of one round: a sixty-fourth of the window, ten minutes at most. */
const lookAgainSeconds = (window: number): number => Math.min(600, Math.floor(window / 64));

/**
 * Resolves when there is nothing left to do: judged, ended, or told in a dry run. Started again, it looks at the chain
 * first, so a head is judged once whoever was killed where.
 *
 * @throws what has no code: a bug
 */
export async function attend(attending: Attending, head: Bytes32): Promise<void> {
  const said: Said = { steps: new Set(), holdUp: '' };
  const stopped = () => attending.signal.aborted;
  while (!stopped()) {
    let wait = attending.pollMillis;
    try {
      const again = await look(attending, head, said);
      if (again === null) return;
      wait = Math.max(wait, again * 1000);
    } catch (error) {
      if (stopped()) return;
      if (!(error instanceof TributaryError)) throw error;
      const { code, message } = error;
      held(said, code, () => attending.tell({ event: 'trouble', code, message }));
    }
    await delay(wait, undefined, { signal: attending.signal }).catch(() => undefined);
  }
}

/** @returns the seconds after which to look again, or null when there is nothing left to do */
async function look(attending: Attending, head: Bytes32, said: Said): Promise<number | null> {
  const { contracts, tell } = attending;
  const dispute = await readDispute(contracts, head);
  if (dispute === null) return 0; // a reorganisation took it; it may come again
  const { job, round, deadline, status } = dispute;
  const posting = { job, round, head };
  const over = async (why: string) => {
    tell({ event: 'over', ...posting, why });
    await dropEvidence(attending.folder, dispute);
    return null;
  };
  if (!isOngoing(dispute)) return over(`it is ${status}`);
  if (dispute.fallen)
    return over('an earlier round was voided, and this one with it: anyone may conclude it');
  if (!said.steps.has(status)) tell({ event: 'disputed', ...posting, status, deadline });
  said.steps.add(status);
  if (status === 'open') {
    const late = (await latestTime(contracts)) > deadline;
    return late ? over('nobody defended it in time: anyone may conclude it') : 0;
  }

  const opinion = await form(attending, dispute);
  switch (opinion.says) {
    case 'over':
      return over(opinion.why);
    case 'wait':
    case 'silent': {
      const event = opinion.says === 'wait' ? 'waiting' : 'silent';
      held(said, event, () => tell({ event, ...posting, why: opinion.why, deadline }));
      return lookAgainSeconds(opinion.window);
    }
    default: {
      const stands = opinion.says === 'stands';
      const { why } = opinion;
      held(said, opinion.says, () => tell({ event: 'recomputed', ...posting, stands, why, deadline }));
      if (attending.dryRun) return over('a dry run judges nothing');
      return judge(attending, dispute, { stands, why }, over);
    }
  }
}

async function form(
  attending: Attending,
  dispute: DisputeFacts,
): Promise<Opinion & Readonly<{ window: number }>> {
  const { contracts, signal } = attending;
  const { deadline } = dispute;
  const window = await contracts.disputes.read.judgementWindow();
  const now = await latestTime(contracts);
  if (now > deadline) return { says: 'over', why: 'the time for a judgement is over', window };
  const patience = patienceLeft({ now, deadline, window }) * 1000;
  const recomputed = await inTime(patience, [signal], (limited) =>
    recomputeRound(attending, dispute, limited),
  );
  signal.throwIfAborted();
  return { ...opinionOf(recomputed, { now: await latestTime(contracts), deadline, window }), window };
}

/** Codes by which the contract says that there is nothing to judge any more. */
const tooLate: ReadonlySet<string> = new Set([
  'escrow/wrong-status',
  'escrow/deadline-over',
  'escrow/dispute-is-moot',
]);

async function judge(
  { contracts, judgements, folder, tell }: Attending,
  dispute: DisputeFacts,
  { stands, why }: Readonly<{ stands: boolean; why: string }>,
  over: (why: string) => Promise<null>,
): Promise<number | null> {
  const { head, job, round } = dispute;
  // A judgement that an earlier process sent may still wait to be mined.
  if (await hasPending(contracts)) return 0;
  const unwritten = recordJudgement(judgements, {
    version: 1,
    head,
    job,
    round,
    stands,
    why,
    at: await latestTime(contracts),
  });
  if (unwritten) tell({ event: 'trouble', code: unwritten.code, message: unwritten.message });
  try {
    const { transaction } = await contracts.disputes.send.judge(head, stands);
    tell({ event: 'judged', job, round, head, stands, why, transaction });
    await dropEvidence(folder, dispute);
    return null;
  } catch (error) {
    if (!(error instanceof TributaryError) || !tooLate.has(error.code)) throw error;
    return over(error.message);
  }
}

async function hasPending({ provider, account }: SendingContracts): Promise<boolean> {
  try {
    const [mined, sent] = await Promise.all([
      provider.getTransactionCount(account, 'latest'),
      provider.getTransactionCount(account, 'pending'),
    ]);
    return sent > mined;
  } catch (error) {
    throw chainError(error, 'the account’s transactions');
  }
}

function held(said: Said, what: string, tell: () => void): void {
  if (said.holdUp !== what) tell();
  said.holdUp = what;
}
