/** Follows one job, round after round, until it is over. protocol.md §4, §4.8 */
import type { JobFacts, SeatOnChain } from '#contracts/job-facts.ts';
import { isHeldRight } from '#contracts/postings/record.ts';
import { TributaryError } from '#crypto/error.ts';
import { loadJob, type Job } from '#model/job.ts';
import { evidenceText } from '#protocol/evidence-terms.ts';
import { flaw, toError, type Flaw } from '#protocol/flaw.ts';
import type { CoordinatorApi } from '#protocol/http/coordinator-api.ts';
import { followNews } from '#protocol/http/job-news.ts';
import { watchAttempt } from '#protocol/http/watch-attempt.ts';
import type { Attempt } from './attempt.ts';
import { persist, pause } from './backoff.ts';
import { basisOf, type Basis } from './basis.ts';
import { countingApi } from './costs.ts';
import { followAttempt } from './follow-attempt.ts';
import type { Setting } from './setting.ts';
import { eraseSpent } from './steps/erase.ts';
import { isFlaw } from './steps/membership.ts';
import { cohortCheck, seatFor, termsFlaw, unitsFlaw } from './terms.ts';

type Ended = Readonly<{ declined: Flaw | null }>;

/** @returns when the job is over, or was declined; with the reason where it was */
export async function followJob(setting: Setting, job: number): Promise<Flaw | null> {
  try {
    for (;;) {
      const ended = await persist(() => takeRound(setting, job), setting.patience);
      if (ended) return ended.declined;
    }
  } finally {
    setting.release(job);
  }
}

async function takeRound(setting: Setting, number: number): Promise<Ended | null> {
  const { chain, journal, domain, holdings, log } = setting;
  const facts = await chain.facts(number);
  const over = isOver(facts, setting.now()) && !mayReopen(setting, facts);
  eraseSpent(journal, domain, number, holdings.dataset, over ? Infinity : facts.settlements.length);
  if (over) {
    log.info({ job: number, rounds: facts.settlements.length }, `job ${number} is over`);
    return { declined: null };
  }
  if (facts.settlements.length >= facts.rounds) {
    await pause(setting.pollMillis, setting.patience.signal);
    return null;
  }
  const declined = await takePart(setting, facts);
  if (!declined) return null;
  log.warn({ job: number, code: declined.code }, `no part in job ${number}: ${declined.detail}`);
  return { declined };
}

/** Nothing more can be settled. */
export const isOver = ({ state, settlements, rounds, cutoff }: JobFacts, now: number): boolean =>
  state === 'cancelled' || state === 'closed' || settlements.length >= rounds || now > cutoff;

/** All rounds are posted, but one is in dispute, or neither final nor found right: it may be voided and posted again. */
function mayReopen({ court, postings, domain, now }: Setting, facts: JobFacts): boolean {
  if (!court || facts.state !== 'active' || now() > facts.cutoff) return false;
  return (
    facts.frozenFrom !== 0 ||
    facts.settlements.some(
      ({ head, readyAt }) => now() < readyAt && !isHeldRight(postings.found(domain, facts.job, head)),
    )
  );
}

/** A flaw of a posted round that may yet be voided is waited out: an honest one may come in its place. */
function mayBeVoided({ court, now }: Setting, { settlements, frozenFrom }: JobFacts): boolean {
  const last = settlements.at(-1);
  return court !== null && last !== undefined && (frozenFrom !== 0 || now() < last.readyAt);
}

/** Checks what this owner is asked for and takes part in the present attempt of the next round. */
async function takePart(setting: Setting, facts: JobFacts): Promise<Flaw | null> {
  const { store, domain, holdings, operator, journal, patience, pollMillis } = setting;
  const job = await loadJob(store, domain, facts);
  const seat = seatFor(facts, holdings.dataset);
  if (!seat) return flaw('terms/no-seat', `job ${facts.job} has no seat for dataset ${holdings.dataset}`);
  const broken = termsFlaw(job, facts, seat, holdings, operator) ?? unitsFlaw(facts, seat);
  if (broken) return broken;
  const basis = await basisOf(store, job, facts, journal, (head) =>
    isHeldRight(setting.postings.found(domain, facts.job, head)),
  );
  if (isFlaw(basis)) {
    if (mayBeVoided(setting, facts)) throw toError(basis);
    return basis;
  }

  const api = setting.coordinator(job.manifest.coordinator.url);
  const now = await api.job(facts.job);
  // Either it has not seen the last settlement yet, or this client has not: the chain decides, a little later.
  if (now.state !== 'active' || now.round !== basis.round) {
    await pause(pollMillis, patience.signal);
    return null;
  }
  const attempt = attemptFrom(setting, job, facts, seat, basis, api, now.attempt);
  const hasMovedOn = async () => isPast(await setting.chain.facts(facts.job), basis.round, setting.now());
  const { evidence } = job.manifest;
  setting.log.info(
    { ...attempt.id, evidence },
    `job ${facts.job}: round ${basis.round}, attempt ${now.attempt}; ${evidenceText(evidence)}`,
  );
  const news = followNews(api, facts.job, patience.signal, (error) => sayPolling(setting, facts.job, error));
  try {
    await followAttempt(attempt, watchAttempt(api, news, attempt.id, seat.seat), hasMovedOn, patience);
  } finally {
    news.close();
  }
  if (!(await hasMovedOn())) await pause(pollMillis, patience.signal);
  return null;
}

/** An older coordinator, or a proxy, has no streams. */
function sayPolling({ log }: Setting, job: number, error: unknown): void {
  const code = error instanceof TributaryError ? error.code : 'internal/bug';
  log.info({ job, code }, `job ${job}: no events from the coordinator; asking it for each change`);
}

const isPast = (facts: JobFacts, round: number, now: number): boolean =>
  facts.settlements.length >= round || isOver(facts, now);

function attemptFrom(
  setting: Setting,
  job: Job,
  facts: JobFacts,
  seat: SeatOnChain,
  { round, model, previous }: Basis,
  api: CoordinatorApi,
  number: number,
): Attempt {
  const { holdings, domain, journal } = setting;
  const now = () => setting.timeAt(job.manifest.coordinator.url);
  const { dataset, descriptor } = holdings;
  const id = { job: facts.job, round, attempt: number };
  const record = journal.attempt(domain, id);
  if (!record.cost()) record.keepCost({ bytesUp: 0, started: now(), lastSent: now() });
  return {
    ...setting,
    now,
    id,
    job,
    seat: seat.seat,
    dataset,
    weight: descriptor.rowsBucket,
    model,
    expected: { ...id, model: model.digest, ...job.digests },
    previous,
    bonusPool: facts.bonusPool,
    record,
    api: countingApi(api, record, now),
    acknowledged: new Set(),
    readAttempt: (of) => setting.chain.attempt(of),
    readCommitted: (of) => setting.chain.committed(of),
    readSeed: (block) => setting.chain.seed(block),
    readSeats: async () => (await setting.chain.facts(facts.job)).seats,
    cohortFlaw: cohortCheck(descriptor.policy, seat.owner),
    train: () => setting.train(job, model, descriptor.rowsBucket, round),
    hold: (phase) => setting.hold(phase, round),
  };
}
