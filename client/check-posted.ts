/** An owner's check of a posted round: what it attested is kept, what it did not is recomputed as far as it may see. protocol.md §5.6 */
import type { JobFacts, SettlementOnChain } from '#contracts/job-facts.ts';
import { fromHex } from '#crypto/bytes.ts';
import { checkPosted, type PostedVerdict } from '#model/check-posted.ts';
import { checkProposal } from '#model/check-proposal.ts';
import { loadJob, type Job } from '#model/job.ts';
import { postedOf, seatsThen, type PostedRound } from '#model/posted-round.ts';
import type { Proposal } from '#protocol/attempt-view.ts';
import { cidFromDigest } from '#protocol/dag.ts';
import type { Flaw } from '#protocol/flaw.ts';
import { bitmapDigest } from '#protocol/rules/bitmap.ts';
import { dropEvidence, evidenceOf, type EvidenceOf } from './evidence.ts';
import type { Setting } from './setting.ts';
import { randomCoordinates } from './steps/attest.ts';
import { isFlaw } from './steps/membership.ts';

/** @throws TributaryError for this client's own trouble: its chain, IPFS node or disk */
export async function checkPostedRound(
  setting: Setting,
  facts: JobFacts,
  settlement: SettlementOnChain,
): Promise<PostedVerdict> {
  const { store, domain, chain, operator } = setting;
  const job = await loadJob(store, domain, facts);
  const operators = await chain.operators(facts.job);
  const posted = postedOf(job, facts, settlement, operators, store);
  const { readers } = job.manifest.evidence;
  return checkPosted(posted, {
    agreed: () => attested(setting, job, settlement),
    mayRead: ({ members }) =>
      readers.includes(operator) || members.some(({ message }) => message.operator === operator),
    recompute: (round, proposal) => recompute(setting, round, proposal),
  });
}

/** This client recomputed exactly this from the evidence before it attested it. */
function attested({ journal }: Setting, { id }: Job, settlement: SettlementOnChain): boolean {
  const { round, attempt, manifest, payoutRoot, total, participants } = settlement;
  const terms = journal.attempt(id, { job: id.job, round, attempt }).decided('attestation')?.message;
  return (
    terms?.manifest === manifest &&
    terms.payoutRoot === payoutRoot &&
    terms.total === total.toString() &&
    terms.participants === bitmapDigest(participants)
  );
}

async function recompute(setting: Setting, round: PostedRound, proposal: Proposal): Promise<Flaw | null> {
  const { store, chain, key, evidenceFolder, rng } = setting;
  const { job, settlement, bonusPool, before, previous } = round;
  const id = { job: job.id.job, round: settlement.round, attempt: settlement.attempt };
  const { url } = job.manifest.coordinator;
  const api = setting.coordinator(url);
  const now = () => setting.timeAt(url);
  const from: EvidenceOf = { id, job, key, now, evidenceFolder, api, posted: true };
  const car = await evidenceOf(from, cidFromDigest('dag-cbor', fromHex(proposal.evidence)));
  if (isFlaw(car)) return car;
  let verdict;
  try {
    verdict = await checkProposal({
      job,
      id,
      proposal,
      seats: seatsThen(round),
      bonusPool,
      before,
      previous,
      store,
      evidenceStore: car,
      readCommitted: () => chain.committed(id),
      coordinates: randomCoordinates(job.parameters.dimension, rng),
    });
  } finally {
    await car.close();
  }
  await dropEvidence(from);
  return verdict.holds ? null : verdict.flaw;
}
