/** Follows a job from round 0 to its end: checks and approves each round, keeps its evidence, reports its model. protocol.md §4.7 */
import { fromHex } from '#crypto/bytes.ts';
import { readBlock } from '#datasets/read-block.ts';
import { evidenceLimit } from '#model/fetch-evidence.ts';
import { cidFromDigest } from '#protocol/dag.ts';
import { coordinatorApi } from '#protocol/http/coordinator-api.ts';
import { rosterSchema } from '#protocol/manifests.ts';
import { passes, pause } from './backoff.ts';
import { chainTime } from './chain-time.ts';
import { evidenceFile, keepEvidence } from './evidence.ts';
import { followAttempt } from './follow-attempt.ts';
import { isOver, readJobState } from './job-state.ts';
import { reportRound, type RoundReport } from './rounds.ts';
import { domainOf, type BuyerSetting } from './setting.ts';
import { waiting, type Events, type Watching, type WatchOptions } from './watch-events.ts';

/**
 * @returns events until no more rounds can be settled; started again, it reports all rounds anew and pays for none
 * @throws what the patience's signal aborts with; TributaryError for what waiting does not mend
 */
export async function* watchJob(setting: BuyerSetting, options: WatchOptions): Events {
  const { firstMillis, longestMillis, signal } = options.patience;
  const progress = { reported: -1 };
  let said = '';
  for (let wait = firstMillis; ;) {
    signal.throwIfAborted();
    try {
      if (yield* pass(setting, options, progress)) return;
      said = '';
      wait = firstMillis;
    } catch (error) {
      signal.throwIfAborted();
      if (!passes(error)) throw error;
      if (error.code !== said) yield waiting(error);
      said = error.code;
      await pause(wait, signal);
      wait = Math.min(wait * 2, longestMillis);
    }
  }
}

/** Reports what is settled, then follows what is under way. @returns whether the job is over */
async function* pass(
  setting: BuyerSetting,
  options: WatchOptions,
  progress: { reported: number },
): Events<boolean> {
  const { job, patience, connect = coordinatorApi } = options;
  const now = options.now ?? (() => Math.floor(Date.now() / 1000));
  const state = await readJobState(setting.contracts, setting.store, domainOf(setting), job);
  const api = connect(state.job.manifest.coordinator.url, patience.signal);
  const watching: Watching = { ...setting, ...options, connect, now, api, state };
  while (progress.reported < state.history.length) {
    const round = progress.reported + 1;
    yield* fetchEvidence(watching, round);
    yield { kind: 'round', report: await report(watching, round) };
    progress.reported = round;
  }
  if (isOver(state.facts, await chainTime(setting.contracts))) {
    for (const { settlement } of state.history) yield* fetchEvidence(watching, settlement.round);
    yield { kind: 'finished', settled: state.history.length, rounds: state.facts.rounds };
    return true;
  }
  yield* followRound(watching);
  return false;
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
