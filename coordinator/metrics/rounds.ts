/** Counts what attempts go through, by the states that they enter. protocol.md §4 */
import type { Attempt } from '../round/attempt.ts';
import { idOf } from '../round/base.ts';
import type { Series } from './series.ts';

/** Told of each state that a driver has on disk, with the one before it; null where an attempt begins. */
export type AttemptObserver = (before: Attempt | null, state: Attempt) => void;

type RoundSeries = Pick<Series, 'attempts' | 'phaseSeconds' | 'dropouts' | 'settledUnits'>;

const MILLIS = 1_000;

/** @param now monotonic milliseconds; a phase that began in an earlier process has no duration */
export function attemptObserver(series: RoundSeries, now: () => number): AttemptObserver {
  const began = new Map<number, number>();
  return (before, state) => {
    const left = before ? remaining(before) : null;
    const stayed = remaining(state);
    if (before && left !== null && stayed !== null && stayed < left)
      series.dropouts.inc({ phase: before.phase }, left - stayed);
    if (before?.phase === state.phase) return;
    const { job } = idOf(state);
    const since = began.get(job);
    if (before && since !== undefined)
      series.phaseSeconds.observe({ phase: before.phase }, (now() - since) / MILLIS);
    began.set(job, now());
    series.attempts.inc({ phase: state.phase });
    // Of 2⁵³ base units and more a counter is as exact as a float64.
    if (state.phase === 'settled') series.settledUnits.inc(Number(state.proposal.total));
  };
}

/** Members that the attempt still counts on; null where there is no roster yet, or nothing more to count on. */
function remaining(state: Attempt): number | null {
  switch (state.phase) {
    case 'drawing':
    case 'sharing':
      return state.enrolments.length;
    case 'receiving':
    case 'masking':
      return state.shares.length;
    case 'confirming':
    case 'agreeing':
      return state.inputs.length;
    case 'unmasking':
      return state.confirmations.length;
    case 'announced':
    case 'enrolling':
    case 'settling':
    case 'settled':
    case 'aborted':
    case 'failed':
      return null;
    default:
      return state satisfies never;
  }
}
