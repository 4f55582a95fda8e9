/** What an owner or a buyer does before it signs a round: recompute it from the evidence. protocol.md §4.7 */
import type { BlockSource } from '#datasets/blockstore.ts';
import { readBlock } from '#datasets/read-block.ts';
import { scratchStore } from '#datasets/scratch-store.ts';
import { fromHex } from '#crypto/bytes.ts';
import { TributaryError } from '#crypto/error.ts';
import type { Proposal } from '#protocol/attempt-view.ts';
import { cidFromDigest } from '#protocol/dag.ts';
import { flaw, toError, type Flaw } from '#protocol/flaw.ts';
import type { AttemptId } from '#protocol/job-id.ts';
import { evidenceSchema, roundSchema, type Draw, type Evidence } from '#protocol/manifests.ts';
import { committedFlaw, type Committed } from '#protocol/rules/committed.ts';
import { evidenceMessagesFlaw, evidenceSecretsFlaw } from '#protocol/rules/evidence.ts';
import type { SeatPrice } from '#protocol/rules/payouts.ts';
import type { Frame } from '#protocol/rules/phase-messages.ts';
import { buildRoster, rosterFlaw, type SeatFacts } from '#protocol/rules/roster.ts';
import { drawFlaw } from '#protocol/rules/sparse.ts';
import { sharersOf, type Survivor } from '#protocol/rules/survivors.ts';
import { loadAggregate } from './aggregate.ts';
import { sumAtCoordinates } from './evidence-sum.ts';
import type { Job } from './job.ts';
import type { Model } from './model-store.ts';
import { roundResult, type PreviousRound, type RoundResult } from './round-result.ts';

export type ProposalCheck = Readonly<{
  job: Job;
  id: AttemptId;
  proposal: Proposal;
  /** What the chain says of the seats, in seat order. */
  seats: readonly (SeatPrice & SeatFacts)[];
  bonusPool: bigint;
  before: Model;
  previous: PreviousRound | null;
  /** Where manifests and models are: the caller's own IPFS node. */
  store: BlockSource;
  /** Where the evidence's blocks are: the coordinator, every block re-hashed. */
  evidenceStore: BlockSource;
  /** What the escrow keeps of a sparse attempt, asked only for one. */
  readCommitted(): Promise<Committed>;
  /** Distinct coordinates at which the sum is recomputed; ascending. */
  coordinates: readonly number[];
}>;

/** What was recomputed, or the reason to refuse. */
export type ProposalVerdict =
  | Readonly<{ holds: true; result: RoundResult; evidence: Evidence; frame: Frame }>
  | Readonly<{ holds: false; flaw: Flaw }>;

/**
 * Recomputes a proposal. Anything that is malformed, different or missing from the evidence is a flaw.
 *
 * @throws TributaryError `…/unreachable`, `chain/not-final`, `ipfs/not-found` for what the caller's own node or chain does not
 *   show yet: to be asked again
 */
export async function checkProposal(check: ProposalCheck): Promise<ProposalVerdict> {
  const late = new Set<unknown>();
  const store = noting(check.store, (error) => late.add(error));
  try {
    return await recompute({ ...check, store });
  } catch (error) {
    if (error instanceof TributaryError && !late.has(error) && !passes(error.code)) {
      return { holds: false, flaw: flaw(error.code, error.message) };
    }
    throw error;
  }
}

/** @param absent is told each error by which a block was not there */
const noting = (store: BlockSource, absent: (error: TributaryError) => void): BlockSource => ({
  async get(cid) {
    try {
      return await store.get(cid);
    } catch (error) {
      if (error instanceof TributaryError && error.code === 'ipfs/not-found') absent(error);
      throw error;
    }
  },
});

const survivorsIn = ({ inputs }: Evidence): Survivor[] => inputs.map(({ message }) => message);

/** A lagging node or chain, not a lie: it is asked again. */
const passes = (code: string): boolean => code.endsWith('/unreachable') || code === 'chain/not-final';

async function recompute(check: ProposalCheck): Promise<ProposalVerdict> {
  const { job, id, proposal, store, evidenceStore } = check;
  const evidenceCid = cidFromDigest('dag-cbor', fromHex(proposal.evidence));
  const evidence = await readBlock(evidenceStore, evidenceCid, evidenceSchema, 'the evidence');
  const manifestCid = cidFromDigest('dag-cbor', fromHex(proposal.manifest));
  const proposed = await readBlock(store, manifestCid, roundSchema, 'the proposed manifest');
  const frame = frameOf(check, evidence, proposed.graph);
  const broken =
    evidenceMessagesFlaw(frame, evidence) ??
    evidenceSecretsFlaw(frame, evidence) ??
    (frame.roster.draw
      ? committedFlaw(frame.roster, survivorsIn(evidence), await check.readCommitted())
      : null);
  if (broken) return { holds: false, flaw: broken };

  const { sum } = await loadAggregate(store, proposed.aggregate, job.parameters.dimension);
  const recomputed = await sumAtCoordinates(
    evidenceStore,
    frame,
    evidence,
    job,
    check.before.digest,
    check.coordinates,
  );
  const wrong = check.coordinates.findIndex((coordinate, index) => sum[coordinate] !== recomputed[index]);
  if (wrong >= 0) {
    return refused(
      'aggregate/differs',
      `the sum at coordinate ${String(check.coordinates[wrong])} is not that of the inputs`,
    );
  }
  const result = await roundResult(scratchStore(), {
    job,
    id,
    seats: check.seats,
    bonusPool: check.bonusPool,
    roster: frame.roster,
    sharers: [...sharersOf(evidence.shares)],
    inputs: evidence.inputs.map(({ message, signature }) => ({ message, signature })),
    evidence: proposal.evidence,
    sum,
    before: check.before,
    previous: check.previous,
  });
  if (result.payouts.root !== proposal.payoutRoot || result.payouts.total !== proposal.total) {
    return refused('payouts/differ', 'the proposed payouts are not those that the rounds earned');
  }
  if (result.participants !== proposal.participants) {
    return refused('payouts/other-participants', 'the proposed bitmap is not the survivors of this round');
  }
  if (result.digest !== proposal.manifest) {
    return refused('manifest/differs', 'the proposed manifest is not what the evidence gives');
  }
  return { holds: true, result, evidence, frame };
}

function frameOf({ job, id, seats, before }: ProposalCheck, evidence: Evidence, draw: Draw | null): Frame {
  const expected = { ...id, model: before.digest, ...job.digests };
  const broken =
    rosterFlaw(job.id, evidence.roster, expected, seats) ??
    drawFlaw(evidence.roster.length, job.sparse, draw);
  if (broken) throw toError(broken);
  if (evidence.job !== id.job || evidence.round !== id.round || evidence.attempt !== id.attempt) {
    throw new TributaryError('message/other-attempt', 'the evidence is of another job, round or attempt');
  }
  return {
    domain: job.id,
    id,
    roster: buildRoster(job.id, evidence.roster, draw && { draw, seats: seats.length }),
  };
}

const refused = (code: string, detail: string): ProposalVerdict => ({
  holds: false,
  flaw: flaw(code, detail),
});
