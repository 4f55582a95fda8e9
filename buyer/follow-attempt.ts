/** Follows one attempt view by view; at settling, keeps its evidence, recomputes it and approves, or says why not. protocol.md §4.7 */
import { readCommitted } from '#contracts/attempts.ts';
import { readJobFacts } from '#contracts/job-facts.ts';
import { fromHex } from '#crypto/bytes.ts';
import { TributaryError } from '#crypto/error.ts';
import { evidenceLimit } from '#model/fetch-evidence.ts';
import type { AttemptView, Proposal } from '#protocol/attempt-view.ts';
import { cidFromDigest } from '#protocol/dag.ts';
import { flaw, type Flaw } from '#protocol/flaw.ts';
import { followNews } from '#protocol/http/job-news.ts';
import { watchAttempt, type Watch } from '#protocol/http/watch-attempt.ts';
import type { AttemptId } from '#protocol/job-id.ts';
import { signApproval } from './approval.ts';
import { passes } from './backoff.ts';
import { checkRound, type RoundVerdict } from './check-round.ts';
import { evidenceFile, keepEvidence } from './evidence.ts';
import { basisOf } from './job-state.ts';
import { domainOf } from './setting.ts';
import { waiting, type Events, type WatchEvent, type Watching } from './watch-events.ts';

const longPollSeconds = 20;
const ends: ReadonlySet<AttemptView['phase']> = new Set(['settled', 'aborted', 'failed']);

/** @throws TributaryError where something is away: what was decided is decided the same when it is asked again */
export async function* followAttempt(watching: Watching, id: AttemptId): Events {
  const { api, patience } = watching;
  // Without a stream each change is asked for.
  const news = followNews(api, id.job, patience.signal, () => undefined);
  try {
    yield* followViews(watching, id, watchAttempt(api, news, id));
  } finally {
    news.close();
  }
}

async function* followViews(watching: Watching, id: AttemptId, watch: Watch): Events {
  let phase: AttemptView['phase'] | undefined;
  let seen: number | undefined;
  let decided = false;
  for (;;) {
    const view = await watch(seen, longPollSeconds);
    if (view.phase !== phase) yield { kind: 'phase', id, phase: view.phase };
    ({ phase } = view);
    if (view.phase === 'settling' && !decided) {
      yield await decide(watching, id, view);
      decided = true;
    }
    // A coordinator that shows nothing new may be behind: the chain knows.
    if (ends.has(view.phase) || (view.revision === seen && (await isPast(watching, id)))) return;
    seen = view.revision;
  }
}

async function isPast({ contracts }: Watching, { job, round }: AttemptId): Promise<boolean> {
  const { settlements, state } = await readJobFacts(contracts, job);
  return settlements.length >= round || state !== 'active';
}

/** @returns the event that says what was decided */
async function decide(
  watching: Watching,
  id: AttemptId,
  { proposal }: Readonly<{ proposal: Proposal }>,
): Promise<WatchEvent> {
  const { api, home, key } = watching;
  const evidence = evidenceFile(home, domainOf(watching), id);
  const verdict = await recompute(watching, id, proposal, evidence);
  if (!verdict.holds) return { kind: 'refused', id, flaw: verdict.flaw };
  const approval = await signApproval(home, domainOf(watching), key, id, proposal);
  if ('code' in approval) return { kind: 'refused', id, flaw: approval };
  try {
    await api.approve(id, approval);
  } catch (error) {
    if (passes(error)) throw error;
    // It has moved on, or wants no approval: the round settles with the long window.
    return waiting(error);
  }
  return { kind: 'approved', id, manifest: proposal.manifest, evidence };
}

/** What a coordinator gives wrongly is a reason not to approve, not one to stop watching. */
async function recompute(
  watching: Watching,
  id: AttemptId,
  proposal: Proposal,
  file: string,
): Promise<RoundVerdict> {
  const { api, contracts, key, now, state, store } = watching;
  try {
    const root = cidFromDigest('dag-cbor', fromHex(proposal.evidence));
    const from = { api, domain: domainOf(watching), id, key, now };
    await keepEvidence(file, root, evidenceLimit(state.job), from);
    return await checkRound(store, file, await basisOf(store, state), id, proposal, () =>
      readCommitted(contracts, id),
    );
  } catch (error) {
    if (!(error instanceof TributaryError) || passes(error)) throw error;
    return { holds: false, flaw: asFlaw(error) };
  }
}

const asFlaw = ({ code, message }: TributaryError): Flaw => flaw(code, message);
