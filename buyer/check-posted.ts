/** A buyer's check of a posted round: what it approved is kept, anything else is recomputed from the evidence. protocol.md §5.6 */
import { readCommitted } from '#contracts/attempts.ts';
import type { JobFacts, SettlementOnChain } from '#contracts/job-facts.ts';
import { readSeatOperators } from '#contracts/seat-operators.ts';
import { fromHex } from '#crypto/bytes.ts';
import { TributaryError } from '#crypto/error.ts';
import { checkPosted, type PostedVerdict } from '#model/check-posted.ts';
import { evidenceLimit } from '#model/fetch-evidence.ts';
import { loadJob } from '#model/job.ts';
import { postedOf, seatsThen, type PostedRound } from '#model/posted-round.ts';
import type { Proposal } from '#protocol/attempt-view.ts';
import { cidFromDigest } from '#protocol/dag.ts';
import type { Flaw } from '#protocol/flaw.ts';
import type { CoordinatorApi } from '#protocol/http/coordinator-api.ts';
import { bitmapDigest } from '#protocol/rules/bitmap.ts';
import { toAmount } from '#protocol/units.ts';
import { hasApproved } from './approval.ts';
import { checkRound } from './check-round.ts';
import { evidenceFile, keepEvidence } from './evidence.ts';
import { domainOf, type BuyerSetting } from './setting.ts';

export type Checking = BuyerSetting &
  Readonly<{
    connect: (url: string, signal: AbortSignal) => CoordinatorApi;
    signal: AbortSignal;
    now: () => number;
  }>;

/** @throws TributaryError for this buyer's own trouble: its chain, IPFS node or disk */
export async function checkPostedRound(
  checking: Checking,
  facts: JobFacts,
  settlement: SettlementOnChain,
): Promise<PostedVerdict> {
  const { contracts, store, home } = checking;
  const domain = domainOf(checking);
  const job = await loadJob(store, domain, facts);
  const operators = await readSeatOperators(contracts, facts.job);
  const { round, attempt, manifest, payoutRoot, total, participants } = settlement;
  const posted = postedOf(job, facts, settlement, operators, store);
  const settled = { manifest, payoutRoot, total: toAmount(total), participants: bitmapDigest(participants) };
  return checkPosted(posted, {
    agreed: () => hasApproved(home, domain, { job: facts.job, round, attempt }, settled),
    mayRead: () => true,
    recompute: (read, proposal) => recompute(checking, read, proposal),
  });
}

async function recompute(checking: Checking, round: PostedRound, proposal: Proposal): Promise<Flaw | null> {
  const { contracts, store, home, key, connect, signal, now } = checking;
  const { job, settlement, bonusPool, before, previous } = round;
  const id = { job: job.id.job, round: settlement.round, attempt: settlement.attempt };
  const file = evidenceFile(home, job.id, id);
  const root = cidFromDigest('dag-cbor', fromHex(proposal.evidence));
  const api = given(connect(job.manifest.coordinator.url, signal));
  await keepEvidence(file, root, evidenceLimit(job), { api, domain: job.id, id, key, now });
  const basis = { job, facts: { seats: seatsThen(round), bonusPool }, before, previous };
  const verdict = await checkRound(store, file, basis, id, proposal, () => readCommitted(contracts, id));
  return verdict.holds ? null : verdict.flaw;
}

/** Evidence that doesn't come is waited for, whatever the coordinator says of it. */
const given = ({ evidence }: Pick<CoordinatorApi, 'evidence'>): Pick<CoordinatorApi, 'evidence'> => ({
  async *evidence(...request) {
    try {
      yield* evidence(...request);
    } catch (cause) {
      if (!(cause instanceof TributaryError)) throw cause;
      throw new TributaryError('evidence/unreachable', `no evidence from the coordinator: ${cause.message}`, {
        cause,
      });
    }
  },
});
