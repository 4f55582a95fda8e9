/**
 * What a buyer's agent does next: a pure function of what it knows and what happened. protocol.md §5.1, §5.3
 *
 * Money. A launch reserves all that it may cost before it is begun, and what is reserved counts against the cap until
 * the chain has given it back. A launch that failed keeps its number, so that trying again reserves nothing more. Events
 * may come late, twice, or contradict each other: what does not fit the present launch changes nothing.
 *
 * Stopping. A job of many rounds is launched and cancelled at the target. Jobs of one round each would start from fresh
 * weights every time and pay again for what was learnt; a cancel costs at most the round that is under way, and the
 * units of the rounds that do not come return.
 */
import { TributaryError } from '#crypto/error.ts';
import { isGain } from '#model/metrics.ts';
import type { Metric } from '#protocol/recipe/recipe.ts';

export type Goal = Readonly<{
  /** Base units that may ever be committed at one time and not have come back. */
  cap: bigint;
  metric: Metric;
  target: number;
  /** Jobs to launch, one after another, while the target is not met. */
  launches: number;
  /** Times to try one launch. */
  tries: number;
}>;

export type StopReason =
  'target-met' | 'cap-reached' | 'nothing-for-sale' | 'launch-failed' | 'rounds-used-up';

/** What a launch holds of the cap; `returned` came back of it. */
type Reserved = Readonly<{ limit: bigint; returned: bigint | null }>;
type Known = Readonly<{
  goal: Goal;
  /** By launch, from 1. */
  reserved: readonly Reserved[];
  /** The metric on the held-out rows by round of the present launch, the untrained model first. */
  history: readonly number[];
}>;

export type AgentState = Known &
  (
    | Readonly<{ phase: 'looking' }>
    | Readonly<{ phase: 'launching'; tries: number }>
    | Readonly<{ phase: 'training'; rounds: number }>
    | Readonly<{ phase: 'stopping' }>
    | Readonly<{ phase: 'done'; reason: StopReason }>
  );

export type AgentEvent =
  /** The best that is for sale within the limit, or null. */
  | Readonly<{ type: 'offers'; cost: bigint | null }>
  /** An earlier run began this launch. */
  | Readonly<{ type: 'begun'; launch: number; cost: bigint }>
  | Readonly<{ type: 'launched'; launch: number; rounds: number }>
  | Readonly<{ type: 'failed'; launch: number }>
  | Readonly<{ type: 'round'; launch: number; round: number; value: number }>
  | Readonly<{ type: 'finished'; launch: number }>
  /** The job is closed, and this much came back of it. */
  | Readonly<{ type: 'returned'; launch: number; amount: bigint }>;

export type AgentAction =
  | Readonly<{ type: 'look'; limit: bigint }>
  /** Begin or go on; never for more than the limit. */
  | Readonly<{ type: 'launch'; launch: number; limit: bigint }>
  | Readonly<{ type: 'watch'; launch: number }>
  | Readonly<{ type: 'cancel'; launch: number }>
  | Readonly<{ type: 'wait' }>
  | Readonly<{ type: 'stop'; reason: StopReason }>;

export type Decision = Readonly<{ state: AgentState; action: AgentAction }>;

/** @throws TributaryError `agent/bad-goal` */
export function startAgent(goal: Goal): Decision {
  const whole = (value: number) => Number.isInteger(value) && value >= 1 && value <= 100;
  if (goal.cap <= 0n || !Number.isFinite(goal.target) || !whole(goal.launches) || !whole(goal.tries)) {
    throw new TributaryError(
      'agent/bad-goal',
      'an agent needs a cap above 0, a finite target, and 1 to 100 launches and tries',
    );
  }
  const state = { goal, reserved: [], history: [], phase: 'looking' } as const;
  return { state, action: { type: 'look', limit: goal.cap } };
}

/** Base units that are with jobs now, or may still go there. */
export const committedOf = ({ reserved }: Pick<Known, 'reserved'>): bigint =>
  reserved.reduce((sum, { limit, returned }) => sum + limit - (returned ?? 0n), 0n);

/** Base units that a further launch may cost. */
const leftOf = (state: AgentState): bigint => state.goal.cap - committedOf(state);

const meets = ({ metric, target }: Goal, value: number): boolean =>
  isGain(metric) ? value >= target : value <= target;

export function decide(state: AgentState, event: AgentEvent): Decision {
  if (event.type === 'returned') return onReturned(state, event);
  switch (state.phase) {
    case 'looking':
      return whileLooking(state, event);
    case 'launching':
      return whileLaunching(state, event);
    case 'training':
      return whileTraining(state, event);
    case 'stopping':
      return isPresent(state, event) && event.type === 'finished' ? done(state, 'target-met') : stay(state);
    case 'done':
      return { state, action: { type: 'stop', reason: state.reason } };
    default:
      return state satisfies never;
  }
}

const stay = (state: AgentState): Decision => ({ state, action: { type: 'wait' } });

const known = ({ goal, reserved, history }: AgentState): Known => ({ goal, reserved, history });

const done = (state: AgentState, reason: StopReason): Decision => ({
  state: { ...known(state), phase: 'done', reason },
  action: { type: 'stop', reason },
});

const isPresent = (state: AgentState, event: AgentEvent): boolean =>
  'launch' in event && event.launch === state.reserved.length;

function whileLooking(state: AgentState, event: AgentEvent): Decision {
  if (event.type === 'begun' && event.launch === state.reserved.length + 1) return reserve(state, event.cost);
  if (event.type !== 'offers') return stay(state);
  return event.cost === null ? done(state, 'nothing-for-sale') : reserve(state, event.cost);
}

/** The limit is what was quoted, not all that is left: a dearer offer is then no longer within it. */
function reserve(state: AgentState, cost: bigint): Decision {
  if (cost < 0n || cost > leftOf(state)) return done(state, 'cap-reached');
  const reserved = [...state.reserved, { limit: cost, returned: null }];
  return {
    state: { ...known(state), reserved, history: [], phase: 'launching', tries: 1 },
    action: { type: 'launch', launch: reserved.length, limit: cost },
  };
}

function whileLaunching(state: AgentState & { phase: 'launching' }, event: AgentEvent): Decision {
  if (!isPresent(state, event)) return stay(state);
  const launch = state.reserved.length;
  if (event.type === 'launched') {
    return {
      state: { ...known(state), phase: 'training', rounds: event.rounds },
      action: { type: 'watch', launch },
    };
  }
  if (event.type !== 'failed') return stay(state);
  if (state.tries >= state.goal.tries) return done(state, 'launch-failed');
  const limit = state.reserved.at(-1)?.limit ?? 0n;
  return { state: { ...state, tries: state.tries + 1 }, action: { type: 'launch', launch, limit } };
}

function whileTraining(state: AgentState & { phase: 'training' }, event: AgentEvent): Decision {
  if (!isPresent(state, event)) return stay(state);
  if (event.type === 'finished') return afterJob(state);
  if (event.type !== 'round' || event.round !== state.history.length) return stay(state);
  const next = { ...state, history: [...state.history, event.value] };
  if (!meets(state.goal, event.value)) return stay(next);
  return {
    state: { ...known(next), phase: 'stopping' },
    // After the last round there is nothing to cancel.
    action:
      event.round >= state.rounds ? { type: 'wait' } : { type: 'cancel', launch: state.reserved.length },
  };
}

function afterJob(state: AgentState): Decision {
  if (state.reserved.length >= state.goal.launches) return done(state, 'rounds-used-up');
  const limit = leftOf(state);
  if (limit <= 0n) return done(state, 'cap-reached');
  return { state: { ...known(state), phase: 'looking' }, action: { type: 'look', limit } };
}

/** Counted once a launch, never above what it had, and not before its job is over. */
function onReturned(
  state: AgentState,
  { launch, amount }: Readonly<{ launch: number; amount: bigint }>,
): Decision {
  const running = state.phase !== 'looking' && state.phase !== 'done' && launch === state.reserved.length;
  const found = state.reserved[launch - 1];
  if (!found || running || found.returned !== null || amount < 0n) return stay(state);
  const returned = amount < found.limit ? amount : found.limit;
  const reserved = state.reserved.map((one, at) => (at === launch - 1 ? { ...one, returned } : one));
  return stay({ ...state, reserved });
}
