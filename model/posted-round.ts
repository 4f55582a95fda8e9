/** A round as it stands on the chain, with all that its manifest links, held against each other. protocol.md §4.7, §5.6, §6.2 */
import type { CID } from 'multiformats/cid';
import { fromHex } from '#crypto/bytes.ts';
import type { BlockSource } from '#datasets/blockstore.ts';
import { readBlock } from '#datasets/read-block.ts';
import { cidFromDigest, encodeBlock } from '#protocol/dag.ts';
import { flaw, type Flaw } from '#protocol/flaw.ts';
import { aggregateSchema, roundSchema, rosterSchema, type RoundManifest } from '#protocol/manifests.ts';
import type { Enrolment, Signed } from '#protocol/messages.ts';
import { seatBitmap } from '#protocol/rules/bitmap.ts';
import { earnedPayouts } from '#protocol/rules/earned.ts';
import type { SeatPrice } from '#protocol/rules/payouts.ts';
import { buildRoster, rosterFlaw, type SeatFacts } from '#protocol/rules/roster.ts';
import { drawFlaw } from '#protocol/rules/sparse.ts';
import { toAddress, type Address, type Hex } from '#protocol/units.ts';
import { weightSumOf } from './aggregate.ts';
import { continuing, linkFlaw, transitionFlaw, type Settled } from './history.ts';
import type { Job } from './job.ts';
import { loadModel, type Model } from './model-store.ts';
import type { PreviousRound } from './round-result.ts';

/** A settlement with what it pays and for whom. */
export type PostedSettlement = Settled & Readonly<{ total: bigint; participants: Hex }>;

/** A seat as the chain froze it, with every operator that it had: an enrolment may be older than a rotation. */
export type PostedSeat = SeatPrice & Readonly<{ dataset: bigint; operators: readonly Address[] }>;

export type Posted = Readonly<{
  job: Job;
  seats: readonly PostedSeat[];
  bonusPool: bigint;
  settlement: PostedSettlement;
  /** The rounds before it that stand, from round 1. */
  earlier: readonly PostedSettlement[];
  /** Where manifests and models are: the caller's own IPFS node. */
  store: BlockSource;
}>;

/** As the chain holds a job, as far as its postings go. */
type JobOnChain = Pick<Posted, 'bonusPool'> &
  Readonly<{
    seats: readonly (SeatPrice & Readonly<{ seat: number; dataset: bigint }>)[];
    settlements: readonly PostedSettlement[];
  }>;

/**
 * A posting by a job's facts.
 *
 * @param operators by seat, every one that it had
 */
export const postedOf = (
  job: Job,
  { seats, bonusPool, settlements }: JobOnChain,
  settlement: PostedSettlement,
  operators: readonly (readonly Address[])[],
  store: BlockSource,
): Posted => ({
  job,
  seats: seats.map(({ seat, price, dataset }) => ({ price, dataset, operators: operators[seat] ?? [] })),
  bonusPool,
  settlement,
  earlier: settlements.slice(0, settlement.round - 1),
  store,
});

/** What the posting's manifest leads to. */
export type PostedRound = Posted &
  Readonly<{
    cid: CID;
    manifest: RoundManifest;
    members: readonly Signed<Enrolment>[];
    before: Model;
    previous: PreviousRound | null;
    /** How the manifest fails to continue the round before; null where it does. */
    link: Flaw | null;
  }>;

/** @throws TributaryError `ipfs/…`, and those of the blocks' readers where one is not what it should be */
export async function readPosted(posted: Posted): Promise<PostedRound> {
  const { job, settlement, earlier, store } = posted;
  const last = earlier.at(-1);
  const before = last && { ...(await manifestOf(store, last)), settlement: last };
  const { cid, manifest } = await manifestOf(store, settlement);
  const roster = await readBlock(
    store,
    manifest.roster,
    rosterSchema,
    `the roster of round ${settlement.round}`,
  );
  const leaves = before ? (earnedUpTo(posted, earlier)?.leaves ?? []) : [];
  return {
    ...posted,
    cid,
    manifest,
    members: roster.members,
    before: await loadModel(store, before?.manifest.modelAfter ?? job.manifest.model),
    previous: before ? await continuing(store, job, before, leaves) : null,
    link: linkFlaw(job, settlement, manifest, before),
  };
}

async function manifestOf(store: BlockSource, { manifest: digest, round }: PostedSettlement) {
  const cid = cidFromDigest('dag-cbor', fromHex(digest));
  return { cid, manifest: await readBlock(store, cid, roundSchema, `the manifest of round ${round}`) };
}

const earnedUpTo = ({ job, seats, bonusPool }: Posted, rounds: readonly PostedSettlement[]) =>
  earnedPayouts(
    { job: job.id.job, rounds: job.manifest.rounds, bonusPool, seats },
    rounds.map(({ participants }) => participants),
  ).at(-1);

/**
 * The seats that signed this roster. Owners stand for their datasets: that they are distinct is for members to see
 * before they share anything, and a sale since then makes no round false.
 */
export const seatsThen = ({
  seats,
  members,
}: Pick<PostedRound, 'seats' | 'members'>): (SeatPrice & SeatFacts)[] =>
  seats.map(({ price, dataset, operators }, seat) => {
    const signed = members.find(({ message }) => message.seat === seat)?.message.operator;
    const operator = operators.find((had) => had === signed) ?? operators.at(-1) ?? toAddress(nobody);
    return { price, dataset, operator, owner: toAddress(`0x${dataset.toString(16).padStart(40, '0')}`) };
  });

const nobody = `0x${'00'.repeat(20)}`;

/** What chain and lineage alone show to be wrong: all but whether the aggregate is the sum of the inputs. */
export async function lineageFlaw(round: PostedRound): Promise<Flaw | null> {
  const { job, store, manifest, link } = round;
  return (
    link ??
    rosterOrBitmapFlaw(round) ??
    (await paidFlaw(round)) ??
    (await transitionFlaw(store, job, manifest))
  );
}

function rosterOrBitmapFlaw(round: PostedRound): Flaw | null {
  const { job, settlement, manifest, members, before } = round;
  const id = { job: job.id.job, round: settlement.round, attempt: settlement.attempt };
  const expected = { ...id, model: before.digest, ...job.digests };
  const broken =
    rosterFlaw(job.id, members, expected, seatsThen(round)) ??
    drawFlaw(members.length, job.sparse, manifest.graph);
  if (broken) return broken;
  const draw = manifest.graph;
  const roster = buildRoster(job.id, members, draw && { draw, seats: round.seats.length });
  if (roster.root !== manifest.rosterRoot) {
    return flaw(
      'manifest/differs',
      `round ${settlement.round}: its roster has another root than its manifest says`,
    );
  }
  return seatBitmap(survivingSeats(round), round.seats.length) === settlement.participants
    ? null
    : flaw(
        'payouts/other-participants',
        `round ${settlement.round}: its bitmap is not its manifest's survivors`,
      );
}

const survivingSeats = ({ manifest, members }: PostedRound): number[] =>
  manifest.survivors.flatMap(({ member }) => members[member]?.message.seat ?? []);

/** The linked leaves are those that the bitmaps earn, and the linked aggregate is of the survivors. */
async function paidFlaw(round: PostedRound): Promise<Flaw | null> {
  const { job, store, manifest, settlement, earlier } = round;
  const earned = earnedUpTo(round, [...earlier, settlement]);
  if (!earned || !encodeBlock(earned).cid.equals(manifest.payouts)) {
    return flaw(
      'payouts/differ',
      `round ${settlement.round}: its manifest links other leaves than were earned`,
    );
  }
  const aggregate = await readBlock(store, manifest.aggregate, aggregateSchema, 'the aggregate');
  const seats = survivingSeats(round);
  return aggregate.survivors === seats.length && aggregate.weightSum === weightSumOf(job, seats)
    ? null
    : flaw('weights/sum', `round ${settlement.round}: its aggregate is not of its survivors`);
}
