/** What an event makes of a job: the transition judges, here is what of the job's rows changes with it. protocol.md §4 */
import { toError } from '#protocol/flaw.ts';
import type { AttemptId } from '#protocol/job-id.ts';
import type { Seconds } from '#protocol/units.ts';
import { announce } from '../round/announced.ts';
import type { AttemptEvent } from '../round/attempt.ts';
import { idOf, isRefusal, type AttemptRules } from '../round/base.ts';
import { transition } from '../round/transition.ts';
import { isNews } from '../round/view.ts';
import type { AttemptRecord, JobRecord, KeptMessage, Note, Reading } from '../store/records.ts';
import { abortedBefore, isCurrent, recordOf, type Present } from './present.ts';

/** A decision's change. Null instead of one: nothing changes. */
export type Next = Readonly<{
  present: Present;
  message: KeptMessage | null;
  /** An attempt before the present one, if that changed too. */
  ended: AttemptRecord | null;
  /** What followers are told beside what the states say; once, where it has a name. */
  note: Note | null;
}>;

/** What came to be judged, and what is kept beside the state if it is new. */
export type Came = Readonly<{ id: AttemptId; event: AttemptEvent; message: KeptMessage | null }>;

const next = (present: Present, changes: Partial<Next> = {}): Next => ({
  ...{ message: null, ended: null, note: null },
  ...changes,
  present,
});

/** The record that follows an event; null where the event changes nothing. @throws TributaryError the refusal's code */
export function follow(
  { revision, state }: AttemptRecord,
  event: AttemptEvent,
  now: Seconds,
): AttemptRecord | null {
  const step = transition(state, event, now);
  if (isRefusal(step)) throw toError(step.refused);
  // Whoever waits is woken by what it can see, not by each of a thousand messages.
  const news = isNews(state, step.state) ? 1 : 0;
  return step.state === state ? null : { revision: revision + news, state: step.state };
}

/** Of the present attempt, or of one before it. @throws TributaryError the refusal's code; `attempt/unknown` */
export async function judge(
  present: Present,
  reading: Reading,
  { id, event, message }: Came,
  now: Seconds,
): Promise<Next | null> {
  return isCurrent(present, id)
    ? after(present, event, message, now)
    : afterEnded(present, await recordOf(present, reading, id), event, now);
}

/** @throws TributaryError the refusal's code */
function after(
  present: Present,
  event: AttemptEvent,
  message: KeptMessage | null,
  now: Seconds,
): Next | null {
  const current = follow(present.current, event, now);
  if (!current) return null;
  const failed = current.state.phase === 'failed';
  const job: JobRecord = failed ? { ...present.job, state: 'failed' } : present.job;
  return next({ ...present, job, current }, { message });
}

/** A deadline that is past, whoever finds it so. */
export const afterDeadline = (present: Present, now: Seconds): Next | null =>
  isActive(present) ? after(present, { type: 'deadline' }, null, now) : null;

/** Members get the present phase once more: they may have reached no coordinator. */
export const afterRestart = (present: Present, now: Seconds): Next | null =>
  isActive(present) ? after(present, { type: 'restart' }, null, now) : null;

/** An ended attempt takes repeats, and late aborts: those are news to readers of the present attempt too. */
function afterEnded(present: Present, record: AttemptRecord, event: AttemptEvent, now: Seconds): Next | null {
  const ended = follow(record, event, now);
  if (!ended) return null;
  const { state } = ended;
  const { round, attempt } = idOf(state);
  const earlier = present.earlier.map((one) => {
    const same = idOf(one).round === round && idOf(one).attempt === attempt;
    return same && state.phase === 'aborted' ? state : one;
  });
  const current = { ...present.current, revision: present.current.revision + 1 };
  return next({ ...present, current, earlier }, { ended });
}

/** Announces what follows an ended attempt; without rules, nothing does. */
export async function beginning(
  present: Present,
  ended: AttemptId,
  rules: AttemptRules | null,
  reading: Reading,
): Promise<Next | null> {
  if (!isCurrent(present, ended) || !isActive(present)) return null;
  if (rules === null) return next({ ...present, job: { ...present.job, state: 'finished' } });
  const { job, round, attempt } = rules.expected;
  const earlier = abortedBefore(await reading.attemptsOf(job, round), attempt);
  const current = { revision: 1, state: announce(rules) };
  return next({ job: { ...present.job, round, attempt }, current, earlier });
}

/** Nothing of the job changes, and its followers are told something. */
export const noting = (present: Present, note: Note): Next => next(present, { note });

const isActive = ({ job }: Present): boolean => job.state === 'active';
