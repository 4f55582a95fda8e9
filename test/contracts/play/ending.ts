/** The end of a random play: all deadlines pass, everything is concluded, closed, claimed, refunded and withdrawn. */
import { expect } from 'chai';
import { isOngoing, postedOf, type Posting } from '../ledger/ledger.ts';
import type { Action, Kind } from './action.ts';
import { perform, type Tally } from './perform.ts';
import type { Stage } from './stage.ts';

export async function finish(stage: Stage, tally: Tally): Promise<void> {
  const { ledger, world } = stage;
  const fitting = { stray: 10, which: 0, other: 0, amount: 0, units: [], bonus: [] };
  const act = (kind: Kind, more: Partial<Action> = {}) =>
    perform(stage, { ...fitting, kind, ...more }, tally);
  const postings = () => ledger.jobs.flatMap((job) => job.postings);
  const isOpen = ({ dispute }: Posting) => dispute !== null && isOngoing(dispute);
  const jobs = (state: string) => ledger.jobs.filter((job) => job.state === state).length;

  const deadlines = postings().flatMap(({ readyAt, dispute }) => [readyAt, dispute?.deadline ?? 0]);
  const cutoffs = ledger.jobs.map(({ cutoff }) => cutoff);
  await world.chain.mineAt(Math.max((await world.chain.now()) + 1, ...deadlines, ...cutoffs) + 2);
  while (postings().some(isOpen)) await act('conclude');
  while (jobs('Open') + jobs('Active') > 0) await act('close');

  for (const job of ledger.jobs) {
    const last = postedOf(job).at(-1);
    if (last === undefined) continue;
    // Final are all that still stand, so that the action's choice among them is this one's place.
    const place = postings()
      .filter(({ fallen }) => !fallen)
      .indexOf(last);
    for (const amount of last.leaves.keys()) await act('claimFor', { which: place, amount });
    const closed = postings().filter((posting) => postedOf(posting.job).at(-1) === posting);
    await act('refund', { which: closed.indexOf(last), other: last.leaves.length - 1 });
    const leftover = job.deposited - job.credited - job.fees - paidOut(job);
    const fees = job.seats.reduce(
      (sum, { claimed, collected, fee }) => sum + (claimed - collected) * fee,
      0n,
    );
    const seats = new Set(last.leaves.map(({ seat }) => seat));
    // One leaf a seat in the last root: every base unit has found its one receiver.
    if (last.leaves.length === job.seats.length && seats.size === job.seats.length) {
      expect(leftover - fees, `left over in job ${job.id}`).to.equal(0n);
    }
  }
  while (
    ledger.jobs.some(({ seats }) =>
      seats.some(({ claimed, collected, fee }) => fee > 0n && claimed > collected),
    )
  ) {
    const owing = ledger.jobs.filter(({ seats }) =>
      seats.some(({ claimed, collected }) => claimed > collected),
    );
    const which = owing.findIndex(({ seats }) =>
      seats.some(({ claimed, collected, fee }) => fee > 0n && claimed > collected),
    );
    await act('collectFees', { which, amount: 4 });
  }
  while ([...ledger.credits.values()].some((amount) => amount > 0n)) await act('withdraw');
  while ([...ledger.bondCredits.values()].some((amount) => amount > 0n)) await act('withdrawBonds');
  expect(ledger.coins.get(ledger.disputes), 'bonds are all back').to.equal(0n);
}

const paidOut = ({ seats }: Posting['job']) =>
  seats.reduce((sum, { claimed, price, bonus }) => sum + claimed * price + bonus, 0n);
