/** Random actions on what was earned: claims, refunds, fees, withdrawals. */
import type { Leaf, SettlementRecord } from '#contracts/bindings/training-escrow.ts';
import type { Bytes32 } from '#protocol/units.ts';
import { isFinal, postedOf, type Posting } from '../ledger/ledger.ts';
import * as payouts from '../ledger/payouts.ts';
import { actor, jobFor, postingFor, type Action, type Plan } from './action.ts';
import { noRecord } from './dispute-actions.ts';
import { pick, type Stage } from './stage.ts';

/** The record, and the leaf with its proof: of a posting that never was, an empty one. */
function proofOf({ onChain }: Stage, posting: Posting, index: number): Proved {
  const found = onChain.get(posting);
  const leaf = found?.tree.leaves[index] ?? { seat: 0, units: 0, bonus: 0n };
  return [
    BigInt(posting.job.id),
    found?.record ?? noRecord(posting.round),
    leaf,
    found?.tree.proof(index) ?? [],
  ];
}
type Proved = readonly [job: bigint, record: SettlementRecord, leaf: Leaf, proof: Bytes32[]];

const claimable = (now: number) => (posting: Posting) => isFinal(posting, now);
const indexIn = ({ leaves }: Posting, { amount }: Action) => amount % Math.max(1, leaves.length);

const claim: Plan = (stage, action, now) => {
  const posting = postingFor(stage, action, claimable(now));
  const index = indexIn(posting, action);
  const seat = posting.job.seats[posting.leaves[index]?.seat ?? -1];
  const by = actor(stage, action, stage.ledger.datasets[(seat?.dataset ?? 0) - 1]?.owner);
  const to = pick(stage.people, action.other).address;
  return {
    model: () => payouts.claim(stage.ledger, by.address, posting, index, to, now),
    send: () => by.contracts.escrow.send.claim(...proofOf(stage, posting, index), to),
  };
};

const claimFor: Plan = (stage, action, now) => {
  const posting = postingFor(stage, action, claimable(now));
  const index = indexIn(posting, action);
  const by = pick(stage.people, action.other);
  return {
    model: () => payouts.claim(stage.ledger, by.address, posting, index, null, now),
    send: () => by.contracts.escrow.send.claimFor(...proofOf(stage, posting, index)),
  };
};

const refund: Plan = (stage, action, now) => {
  const isLast = (posting: Posting) => postedOf(posting.job).at(-1) === posting;
  const fits = (posting: Posting) =>
    isFinal(posting, now) && isLast(posting) && posting.job.state === 'Closed';
  const posting = postingFor(stage, action, fits);
  const first = indexIn(posting, action);
  const count = Math.max(1, posting.leaves.length);
  const indices = Array.from({ length: 1 + (action.other % count) }, (_, place) => (first + place) % count);
  const by = pick(stage.people, action.other);
  return {
    model: () => payouts.refund(stage.ledger, posting, indices, now),
    send() {
      const shown = indices.map((index) => proofOf(stage, posting, index));
      const leaves = shown.map(([, , leaf]) => leaf);
      const [job, record] = proofOf(stage, posting, first);
      return by.contracts.escrow.send.refundSeats(
        job,
        record,
        leaves,
        shown.map(([, , , proof]) => proof),
      );
    },
  };
};

const collectFees: Plan = (stage, action) => {
  const id = jobFor(stage, action, ({ seats }) =>
    seats.some(({ claimed, collected }) => claimed > collected),
  );
  const count = stage.ledger.jobs[id - 1]?.seats.length ?? 1;
  const past = action.stray === 2 ? 1 : 0;
  const seats = Array.from(
    { length: 1 + (action.amount % 5) },
    (_, place) => (action.other + place) % Math.max(1, count + past),
  );
  const by = pick(stage.people, action.other);
  return {
    model: () => payouts.collectFees(stage.ledger, id, seats),
    send: () => by.contracts.escrow.send.collectFees(BigInt(id), seats),
  };
};

const withdraw: Plan = (stage, action) => {
  const owed = [...stage.ledger.credits].filter(([, amount]) => amount > 0n).map(([account]) => account);
  const by = actor(stage, action, owed.length === 0 ? undefined : pick(owed, action.which));
  return {
    model: () => payouts.withdraw(stage.ledger, by.address),
    send: () => by.contracts.escrow.send.withdraw(),
  };
};

export const payoutActions = { claim, claimFor, refund, collectFees, withdraw };
