/** Settling: recomputes what is proposed, keeps manifest and leaves, and attests, or says why not. protocol.md §4.7 */
import { flaw, type Flaw } from '#protocol/flaw.ts';
import type { Proposal, ViewOf } from '#protocol/attempt-view.ts';
import { cidFromDigest } from '#protocol/dag.ts';
import { fromHex } from '#crypto/bytes.ts';
import { TributaryError } from '#crypto/error.ts';
import type { BlockSource } from '#datasets/blockstore.ts';
import type { Rng } from '#crypto/random.ts';
import { checkProposal } from '#model/check-proposal.ts';
import type { Evidence } from '#protocol/manifests.ts';
import type { Refusal, SettlementTerms, Signed } from '#protocol/messages.ts';
import { settlementTermsOf } from '#protocol/rules/settlement-terms.ts';
import type { Roster } from '#protocol/rules/roster.ts';
import { agreedRoot, survivorsRoot } from '#protocol/rules/survivors.ts';
import type { Bytes32 } from '#protocol/units.ts';
import { deliver, sign, type Attempt } from '../attempt.ts';
import { dropEvidence, evidenceOf } from '../evidence.ts';
import { isFlaw, membershipIn, type Membership } from './membership.ts';

/** Coordinates at which the sum is recomputed: a lie in a share f of them is missed with (1 − f)^1,024. */
const sampled = 1024;

export const attest = (
  attempt: Attempt,
  { proposal, roster, inputs }: ViewOf<'settling'>,
): Promise<Flaw | null> =>
  attestTo(attempt, proposal, async () => {
    const membership = await membershipIn(attempt, roster);
    return isFlaw(membership) ? membership : { membership, survivors: survivorsRoot(inputs) };
  });

/** What this client knows of the attempt: its place, and the survivors that it was shown. */
type Known = Readonly<{ membership: Membership; survivors: Bytes32 }>;

/** @param know checks the roster that the coordinator shows, of either graph */
export async function attestTo(
  attempt: Attempt,
  proposal: Proposal,
  know: () => Promise<Known | Flaw>,
): Promise<Flaw | null> {
  const terms = settlementTermsOf(attempt.id, proposal);
  const attested = attempt.record.decided('attestation');
  if (attested) {
    if (!sameSettlement(attested.message, terms)) {
      return flaw('attest/other-proposal', 'this client attested another settlement of this attempt');
    }
    await sendAttestation(attempt, terms);
    return null;
  }

  const refused = attempt.record.decided('refusal');
  if (refused?.message.proposal === proposal.manifest) {
    await sendRefusal(attempt, refused);
    return flaw(refused.message.reason, 'this client refused the proposal');
  }

  const known = await know();
  if (isFlaw(known)) return known;
  const broken = lateFlaw(attempt, proposal) ?? (await recomputedFlaw(attempt, known, proposal));
  if (broken) {
    await refuse(attempt, proposal, broken);
    return broken;
  }
  attempt.record.decide('attestation', sign(attempt, 'Attestation', terms));
  await sendAttestation(attempt, terms);
  return null;
}

/** Recomputes model, manifest, payouts and, from the evidence, the sum at random coordinates. */
async function recomputedFlaw(attempt: Attempt, known: Known, proposal: Proposal): Promise<Flaw | null> {
  const car = await evidenceOf(attempt, cidFromDigest('dag-cbor', fromHex(proposal.evidence)));
  if (isFlaw(car)) return car;
  let broken: Flaw | null;
  try {
    broken = await recomputedFrom(car, attempt, known, proposal);
  } finally {
    await car.close();
  }
  await dropEvidence(attempt);
  if (broken?.code.startsWith('car/')) {
    // Each block was right when it came: it is this machine's disk that gives other bytes.
    throw new TributaryError('evidence/unreachable', `the evidence has to come again: ${broken.detail}`);
  }
  return broken;
}

async function recomputedFrom(
  evidenceStore: BlockSource,
  attempt: Attempt,
  known: Known,
  proposal: Proposal,
): Promise<Flaw | null> {
  const { job, id, store, model, previous, bonusPool } = attempt;
  const verdict = await checkProposal({
    job,
    id,
    proposal,
    seats: await attempt.readSeats(),
    bonusPool,
    before: model,
    previous,
    store,
    evidenceStore,
    readCommitted: () => attempt.readCommitted(id),
    coordinates: randomCoordinates(job.parameters.dimension, attempt.rng),
  });
  if (!verdict.holds) return verdict.flaw;
  const { frame, evidence } = verdict;
  const broken = evidenceFlaw(attempt, known, frame.roster, evidence);
  if (broken) return broken;
  const manifest = await store.get(cidFromDigest('dag-cbor', fromHex(proposal.manifest)));
  attempt.lineage.keep(job.id, id, manifest, verdict.result.payouts);
  return null;
}

/** The evidence, sound by itself, is that of the round which this client took part in and opened shares of. */
export function evidenceFlaw(
  { record }: Pick<Attempt, 'record'>,
  { membership, survivors: shown }: Known,
  roster: Roster,
  evidence: Pick<Evidence, 'inputs'>,
): Flaw | null {
  if (roster.root !== membership.roster.root) {
    return flaw('evidence/other-roster', 'the evidence is of another roster than this client accepted');
  }
  const survivors = agreedRoot(roster, evidence.inputs);
  const opened = record.decided('unmasking')?.survivors ?? survivors;
  return survivors === shown && survivors === opened
    ? null
    : flaw('evidence/other-survivors', 'the evidence holds other inputs than were confirmed');
}

/** Distinct and ascending, drawn after the proposal is fixed: all of them where there are no more. */
export function randomCoordinates(dimension: number, rng: Rng): number[] {
  if (dimension <= sampled) return Array.from({ length: dimension }, (_, at) => at);
  const chosen = new Set<number>();
  while (chosen.size < sampled) {
    const bytes = rng.bytes(6);
    const drawn = bytes.reduce((number, byte) => number * 256 + byte, 0);
    chosen.add(drawn % dimension);
  }
  return [...chosen].sort((a, b) => a - b);
}

/** The same but for how long the signature may be used. */
const sameSettlement = (a: SettlementTerms, b: SettlementTerms): boolean =>
  a.manifest === b.manifest &&
  a.payoutRoot === b.payoutRoot &&
  a.total === b.total &&
  a.participants === b.participants;

const lateFlaw = ({ now }: Attempt, { deadline }: Proposal): Flaw | null =>
  now() > deadline ? flaw('attest/too-late', 'the time to attest this settlement is over') : null;

/** Signatures are deterministic: the same terms get the same bytes again, after a restart too. */
async function sendAttestation(attempt: Attempt, terms: SettlementTerms): Promise<void> {
  const { api, id, seat } = attempt;
  const upload = { ...sign(attempt, 'Attestation', terms), seat };
  await deliver(attempt, `attestation ${terms.deadline}`, () => api.attest(id, upload));
}

async function refuse(attempt: Attempt, { manifest }: Proposal, { code }: Flaw): Promise<void> {
  const { id, seat } = attempt;
  const refusal = sign(attempt, 'Refusal', { ...id, seat, proposal: manifest, reason: code });
  if (!attempt.record.decided('refusal')) attempt.record.decide('refusal', refusal);
  await sendRefusal(attempt, refusal);
}

async function sendRefusal(attempt: Attempt, refusal: Signed<Refusal>): Promise<void> {
  const { api, id } = attempt;
  await deliver(attempt, `refusal ${refusal.message.proposal}`, () => api.refuse(id, refusal));
}
