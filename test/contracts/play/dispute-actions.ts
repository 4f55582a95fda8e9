/** Random actions in disputes: by any challenger, true or sham, with silence as often as an answer. */
import { evidence } from '../dispute.ts';
import { noHead } from '../job.ts';
import * as disputes from '../ledger/disputes.ts';
import { isOngoing, type Posting } from '../ledger/ledger.ts';
import { actor, postingFor, type Plan } from './action.ts';
import { pick, type Stage } from './stage.ts';

/** Of a posting that never was: fields of no settlement. */
export const noRecord = (round: number) => ({
  ...{ previousHead: noHead, round, attempt: 1, manifest: noHead, payoutRoot: noHead },
  ...{ total: 0n, participants: noHead, readyAt: 0n, quorum: false },
});
const recordOf = ({ onChain }: Stage, posting: Posting) =>
  onChain.get(posting)?.record ?? noRecord(posting.round);
const headOf = ({ onChain }: Stage, posting: Posting) => onChain.get(posting)?.head ?? noHead;

const inTime =
  (status: string, now: number) =>
  ({ dispute, fallen }: Posting): boolean =>
    dispute?.status === status && !fallen && now <= dispute.deadline;

const challenge: Plan = (stage, action, now) => {
  const fits = ({ fallen, dispute, readyAt }: Posting) => !fallen && dispute === null && now < readyAt;
  const posting = postingFor(stage, action, fits);
  const by = pick(stage.people, action.other);
  const { id } = posting.job;
  return {
    model: () => disputes.challenge(stage.ledger, by.address, posting, now),
    send: () => by.contracts.disputes.send.challenge(BigInt(id), recordOf(stage, posting), evidence),
  };
};

const defend: Plan = (stage, action, now) => {
  const posting = postingFor(stage, action, inTime('Open', now));
  const by = actor(stage, action, posting.job.coordinator);
  return {
    model: () => disputes.defend(stage.ledger, by.address, posting, now),
    send: () => by.contracts.disputes.send.defend(headOf(stage, posting), evidence),
  };
};

const fileEvidence: Plan = (stage, action) => {
  const posting = postingFor(stage, action, ({ dispute }) => dispute !== null && isOngoing(dispute));
  const by = actor(stage, action, posting.dispute?.challenger);
  return {
    model: () => disputes.fileEvidence(by.address, posting),
    send: () => by.contracts.disputes.send.fileEvidence(headOf(stage, posting), evidence),
  };
};

const judge: Plan = (stage, action, now) => {
  const posting = postingFor(stage, action, inTime('Defended', now));
  const by = actor(stage, action, posting.job.arbiter);
  const stands = action.amount % 2 === 0;
  return {
    model: () => disputes.judge(stage.ledger, by.address, posting, stands, now),
    send: () => by.contracts.disputes.send.judge(headOf(stage, posting), stands),
  };
};

const conclude: Plan = (stage, action, now) => {
  const isRipe = ({ dispute, fallen }: Posting) =>
    dispute !== null && isOngoing(dispute) && (fallen || now > dispute.deadline);
  const posting = postingFor(stage, action, isRipe);
  const by = pick(stage.people, action.other);
  return {
    model: () => disputes.conclude(stage.ledger, posting, now),
    send: () => by.contracts.disputes.send.conclude(headOf(stage, posting)),
  };
};

const withdrawBonds: Plan = (stage, action) => {
  const owed = [...stage.ledger.bondCredits].filter(([, amount]) => amount > 0n).map(([account]) => account);
  const by = actor(stage, action, owed.length === 0 ? undefined : pick(owed, action.which));
  return {
    model: () => disputes.withdrawBonds(stage.ledger, by.address),
    send: () => by.contracts.disputes.send.withdraw(),
  };
};

export const disputeActions = { challenge, defend, fileEvidence, judge, conclude, withdrawBonds };
