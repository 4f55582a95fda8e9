/** The plain ledger of disputes and bonds. protocol.md §5.6 */
import type { Address } from '#protocol/units.ts';
import { disputeWindows } from '../world.ts';
import {
  credit,
  isOngoing,
  move,
  type GhostDispute,
  type GhostJob,
  type Ledger,
  type Posting,
} from './ledger.ts';
import { accrued, creditBuyer, unclaimable } from './jobs.ts';
import { most, refuse, total } from './refused.ts';

export function challenge(ledger: Ledger, by: Address, posting: Posting, now: number): void {
  if (posting.fallen) refuse('not-the-settlement');
  if (now >= posting.readyAt) refuse('window-over');
  if (posting.dispute !== null) refuse('already-disputed');
  const bond = bondOf(posting.job);
  move(ledger, by, ledger.disputes, bond);
  const deadline = now + disputeWindows.defenceWindow;
  posting.dispute = { status: 'Open', challenger: by, defender: null, bond, deadline };
}

export function defend(ledger: Ledger, by: Address, posting: Posting, now: number): void {
  const dispute = inStatus(posting, 'Open');
  requireOngoing(posting, dispute, now);
  move(ledger, by, ledger.disputes, dispute.bond);
  [dispute.status, dispute.deadline] = ['Defended', now + disputeWindows.judgementWindow];
  dispute.defender = by;
}

export function fileEvidence(by: Address, posting: Posting): void {
  const dispute = ongoing(posting);
  if (by !== dispute.challenger && by !== dispute.defender && by !== posting.job.coordinator)
    refuse('not-party');
}

export function judge(ledger: Ledger, by: Address, posting: Posting, stands: boolean, now: number): void {
  const dispute = inStatus(posting, 'Defended');
  const { arbiter, arbiterFee } = posting.job;
  if (by !== arbiter) refuse('not-arbiter');
  requireOngoing(posting, dispute, now);
  credit(ledger.bondCredits, arbiter, arbiterFee);
  const winner = stands ? dispute.defender : dispute.challenger;
  if (winner) credit(ledger.bondCredits, winner, 2n * dispute.bond - arbiterFee);
  end(ledger, posting, dispute, stands);
}

export function conclude(ledger: Ledger, posting: Posting, now: number): void {
  const dispute = ongoing(posting);
  const moot = posting.fallen;
  if (!moot && now <= dispute.deadline) refuse('not-concludable-before');
  const { defender } = dispute;
  credit(ledger.bondCredits, dispute.challenger, dispute.bond);
  if (defender) credit(ledger.bondCredits, defender, dispute.bond);
  if (moot) dispute.status = 'Moot';
  else end(ledger, posting, dispute, defender !== null && posting.quorum);
}

export function withdrawBonds(ledger: Ledger, by: Address): void {
  const amount = ledger.bondCredits.get(by) ?? 0n;
  if (amount === 0n) refuse('no-bond-to-withdraw');
  ledger.bondCredits.set(by, 0n);
  move(ledger, ledger.disputes, by, amount);
}

/** The arbiter's fee, or a twentieth of what one round charges at most, rounded up. */
export function bondOf(job: GhostJob): bigint {
  const round = total(job.seats.map(({ price, fee }) => price + fee)) + accrued(job, 1);
  return most(job.arbiterFee, (round + 19n) / 20n);
}

function end(ledger: Ledger, posting: Posting, dispute: GhostDispute, stands: boolean): void {
  dispute.status = stands ? 'Stood' : 'Voided';
  if (stands) return;
  const { job, round } = posting;
  const before = unclaimable(job);
  for (const later of job.postings) if (later.round >= round) later.fallen = true;
  job.readyAt += 1; // what is posted in its place has a head of its own
  if (job.state === 'Closed') creditBuyer(ledger, job, unclaimable(job) - before);
}

function ongoing({ dispute }: Posting): GhostDispute {
  if (dispute === null) refuse('no-such-dispute');
  return isOngoing(dispute) ? dispute : refuse('wrong-status');
}

function inStatus({ dispute }: Posting, status: GhostDispute['status']): GhostDispute {
  if (dispute === null) refuse('no-such-dispute');
  return dispute.status === status ? dispute : refuse('wrong-status');
}

function requireOngoing(posting: Posting, dispute: GhostDispute, now: number): void {
  if (posting.fallen) refuse('dispute-is-moot');
  if (now > dispute.deadline) refuse('deadline-over');
}
