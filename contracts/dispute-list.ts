/** Disputes as the chain holds them: who opened one, what was filed, and how it stands. protocol.md §5.6 */
import { ZeroAddress } from 'ethers';
import { toAddress, toBytes32, type Address, type Bytes32 } from '#protocol/units.ts';
import { Status, type Dispute } from './bindings/disputes.ts';
import type { Contracts } from './connect.ts';
import { readEvents, type BlockRange } from './events.ts';

/** `open`: a defender may bond; `defended`: the arbiter may judge; the others are ends. */
export type DisputeStatus = 'open' | 'defended' | 'stood' | 'voided' | 'moot';

/** The SHA-256 of a dag-cbor block, named by one side. */
export type Filed = Readonly<{ party: Address; evidence: Bytes32; block: number }>;

export type DisputeFacts = Readonly<{
  /** Of the disputed posting: the dispute's id. */
  head: Bytes32;
  job: number;
  round: number;
  status: DisputeStatus;
  /** Whether the round was settled with one: then it stands where the arbiter stays silent. */
  quorum: boolean;
  /** Last second of the present step: for a defender's bond, or for the judgement. */
  deadline: number;
  challenger: Address;
  /** Null until somebody, the job's coordinator as a rule, has bonded for the round. */
  defender: Address | null;
  arbiter: Address;
  /** Base units: the arbiter's fee, and the bond of each side. */
  arbiterFee: bigint;
  bond: bigint;
  /** An earlier round was voided, and this one with it: nobody may act on the dispute, anyone may conclude it. */
  fallen: boolean;
}>;

const statuses = {
  [Status.Open]: 'open',
  [Status.Defended]: 'defended',
  [Status.Stood]: 'stood',
  [Status.Voided]: 'voided',
  [Status.Moot]: 'moot',
} as const;

export const isOngoing = ({ status }: Pick<DisputeFacts, 'status'>): boolean =>
  status === 'open' || status === 'defended';

/**
 * Whether nobody's answer is waited for any more: it fell with an earlier round, or a deadline is over. Anyone may conclude it.
 *
 * @param now the latest block's time, in seconds
 */
export const isDecided = (dispute: DisputeFacts, now: number): boolean =>
  isOngoing(dispute) && (dispute.fallen || now > dispute.deadline);

/** The dispute of a posting; null where nobody disputed it. @throws TributaryError `chain/unreachable` */
export async function readDispute(contracts: Contracts, head: Bytes32): Promise<DisputeFacts | null> {
  const { disputes, escrow } = contracts;
  const found = await disputes.read.disputeOf(head);
  if (found.status === Status.None) return null;
  const facts = factsOf(head, found);
  if (!isOngoing(facts) || (await escrow.read.headOf(found.job, found.round)) === head) return facts;
  // Its own judgement may have voided the round since: that ended it at the same moment, an earlier round's has not.
  const since = factsOf(head, await disputes.read.disputeOf(head));
  return { ...since, fallen: isOngoing(since) };
}

function factsOf(head: Bytes32, found: Dispute): DisputeFacts {
  const { job, round, quorum, deadline, arbiterFee, bond } = found;
  return {
    ...{ head, job: Number(job), round, quorum, deadline: Number(deadline), arbiterFee, bond },
    status: statuses[found.status as keyof typeof statuses],
    challenger: toAddress(found.challenger),
    defender: found.defender === ZeroAddress ? null : toAddress(found.defender),
    arbiter: toAddress(found.arbiter),
    fallen: false,
  };
}

/** Heads of the postings that were disputed, in the order in which they were; of one job, or of all. */
export async function disputedHeads(
  contracts: Contracts,
  job: number | null,
  range?: BlockRange,
): Promise<Bytes32[]> {
  const where = job === null ? {} : { job: BigInt(job) };
  const opened = await readEvents(contracts, contracts.disputes, 'Challenged', where, range);
  return opened.map(({ args }) => toBytes32(args.head));
}

/** All disputes, of one job or of any. @throws TributaryError `chain/unreachable` */
export async function readDisputes(contracts: Contracts, job: number | null): Promise<DisputeFacts[]> {
  const heads = await disputedHeads(contracts, job);
  const found = await Promise.all(heads.map((head) => readDispute(contracts, head)));
  return found.filter((dispute) => dispute !== null);
}

/** What both sides filed in a dispute, in the order of the chain. @throws TributaryError `chain/unreachable` */
export async function readFiled(
  contracts: Contracts,
  { head }: Pick<DisputeFacts, 'head'>,
): Promise<Filed[]> {
  const { disputes } = contracts;
  const [opened, defended, more] = await Promise.all([
    readEvents(contracts, disputes, 'Challenged', { head }),
    readEvents(contracts, disputes, 'Defended', { head }),
    readEvents(contracts, disputes, 'EvidenceFiled', { head }),
  ]);
  return [
    ...opened.map(({ args, ...at }) => ({ ...at, party: args.challenger, evidence: args.evidence })),
    ...defended.map(({ args, ...at }) => ({ ...at, party: args.defender, evidence: args.evidence })),
    ...more.map(({ args, ...at }) => ({ ...at, party: args.party, evidence: args.evidence })),
  ]
    .sort((a, b) => a.block - b.block || a.logIndex - b.logIndex)
    .map(({ party, evidence, block }) => ({
      party: toAddress(party),
      evidence: toBytes32(evidence),
      block,
    }));
}
