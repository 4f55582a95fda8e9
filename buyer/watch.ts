/** Follows a job from round 0 to its end: checks and approves each round, keeps its evidence, reports its model. protocol.md §4.7 */
import { latestTime } from '#contracts/chain-time.ts';
import { fromHex } from '#crypto/bytes.ts';
import { readBlock } from '#datasets/read-block.ts';
import { evidenceLimit } from '#model/fetch-evidence.ts';
import { cidFromDigest } from '#protocol/dag.ts';
import { answeredTime } from '#protocol/http/answered-time.ts';
import { coordinatorApi } from '#protocol/http/coordinator-api.ts';
import { rosterSchema } from '#protocol/manifests.ts';
import { TributaryError } from '#crypto/error.ts';
import type { Bytes32 } from '#protocol/units.ts';
import { passes, pause } from './backoff.ts';
import { beside } from './beside.ts';
import { evidenceFile, keepEvidence } from './evidence.ts';
import { followAttempt } from './follow-attempt.ts';
import { isOver, readJobState, type JobState } from './job-state.ts';
import { reportRound, type RoundReport } from './rounds.ts';
import { domainOf, type BuyerSetting } from './setting.ts';
import { waiting, type Events, type Watching, type WatchOptions } from './watch-events.ts';
import { watchPostings, type Court } from './watch-postings.ts';

/**
 * @returns events until no more rounds can be settled; started again, it reports all rounds anew and pays for none
 * @throws what the patience's signal aborts with; TributaryError for what waiting does not mend
 */
export async function* watchJob(setting: BuyerSetting, options: WatchOptions): Events {
  const court: Court = { atRest: false, looks: 0, last: null };
  // Requests are dated by the coordinator's own clock: it is the one that refuses those of another time.
  const time = answeredTime();
  const given = {
    connect: (url: string, signal: AbortSignal) => coordinatorApi(url, signal, time.heard),
    now: time.now,
    challenges: { automatic: true, maximumBond: null },
    ...options,
  };
  yield* beside(watchRounds(setting, given, court), (signal) =>
    watchPostings(setting, given, court, AbortSignal.any([signal, options.patience.signal])),
  );
}

type Given = Required<WatchOptions>;

/** Reported rounds by their heads, from round 1: where one is voided, it and what follows is reported anew. */
type Progress = { reported: number; heads: Bytes32[] };

async function* watchRounds(setting: BuyerSetting, options: Given, court: Court): Events {
  const { firstMillis, longestMillis, signal } = options.patience;
  const progress: Progress = { reported: -1, heads: [] };
  let said = '';
  let broken: number | null = null;
  for (let wait = firstMillis; ;) {
    signal.throwIfAborted();
    try {
      if (yield* pass(setting, options, progress, court)) return;
      said = '';
      broken = null;
      wait = firstMillis;
    } catch (error) {
      signal.throwIfAborted();
      if (!passes(error)) {
        broken ??= court.looks;
        // Whoever watches the postings sees it too, in a look that began after this one.
        if (!isOfPosting(error) || (court.atRest && court.looks > broken + 1)) throw error;
      }
      if (error.code !== said) yield waiting(error);
      said = error.code;
      await pause(wait, signal);
      wait = Math.min(wait * 2, longestMillis);
    }
  }
}

/** A false posting breaks the lineage as long as it stands. */
const isOfPosting = (error: unknown): error is TributaryError =>
  error instanceof TributaryError && /^(lineage|model|dag|blob|aggregate)\//.test(error.code);

/** Reports what is settled, then follows what is under way. @returns whether the job is over */
async function* pass(
  setting: BuyerSetting,
  options: Given,
  progress: Progress,
  court: Court,
): Events<boolean> {
  const { job, patience, connect } = options;
  const state = await readJobState(setting.contracts, setting.store, domainOf(setting), job);
  const api = connect(state.job.manifest.coordinator.url, patience.signal);
  const watching: Watching = { ...setting, ...options, api, state };
  forgetVoid(progress, state);
  while (progress.reported < state.history.length) {
    const round = progress.reported + 1;
    yield* fetchEvidence(watching, round);
    yield { kind: 'round', report: await report(watching, round) };
    progress.reported = round;
    const head = state.facts.settlements[round - 1]?.head;
    if (head) progress.heads[round - 1] = head;
  }
  if (isOver(state.facts, await latestTime(setting.contracts))) {
    if (!court.atRest || court.last !== (state.facts.settlements.at(-1)?.head ?? null)) {
      await pause(patience.pollMillis, patience.signal);
      return false;
    }
    for (const { settlement } of state.history) yield* fetchEvidence(watching, settlement.round);
    yield { kind: 'finished', settled: state.history.length, rounds: state.facts.rounds };
    return true;
  }
  yield* followRound(watching);
  return false;
}

function forgetVoid(progress: Progress, { facts }: JobState): void {
  const kept = progress.heads.findIndex((head, at) => facts.settlements[at]?.head !== head);
  if (kept < 0) return;
  progress.heads.length = kept;
  progress.reported = Math.min(progress.reported, kept);
}

async function report({ state, store, evaluating }: Watching, round: number): Promise<RoundReport> {
  const record = state.history[round - 1];
  const roster =
    record && (await readBlock(store, record.manifest.roster, rosterSchema, `the roster of round ${round}`));
  return reportRound(store, state, round, evaluating, roster?.members.length ?? 0);
}

/** A round may settle while the buyer is away: the coordinator gives its evidence later too. */
async function* fetchEvidence(watching: Watching, round: number): Events {
  const { state, home, key, now, api } = watching;
  const record = state.history[round - 1];
  if (!record) return;
  const id = { job: state.facts.job, round, attempt: record.settlement.attempt };
  const domain = domainOf(watching);
  const root = cidFromDigest('dag-cbor', fromHex(record.manifest.evidence));
  const from = { api, domain, id, key, now };
  try {
    await keepEvidence(evidenceFile(home, domain, id), root, evidenceLimit(state.job), from);
  } catch (error) {
    yield waiting(error);
  }
}

/** The attempt that is under way, to its end. */
async function* followRound(watching: Watching): Events {
  const { api, state, patience, job } = watching;
  const round = state.history.length + 1;
  const view = await api.job(job);
  // The coordinator has not seen the last settlement yet, or this buyer has not: the chain decides, a little later.
  if (view.state === 'active' && view.round === round) {
    yield* followAttempt(watching, { job, round, attempt: view.attempt });
  }
  await pause(patience.pollMillis, patience.signal);
}
