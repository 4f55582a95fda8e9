/** Runs a buyer's agent: asks decide.ts what to do, does it, and tells it what happened. Started again, it goes on. protocol.md §5.1, §4.7 */
import { TributaryError } from '#crypto/error.ts';
import { loadBackend } from '#model/tensorflow.ts';
import type { Quote } from '../quote.ts';
import { arrangeJob, type JobWishes } from '../arrange.ts';
import { pause, type Patience } from '../backoff.ts';
import { cancelJob } from '../exits.ts';
import { loadHeldOut } from '../held-out.ts';
import { readJobState } from '../job-state.ts';
import { readLaunch } from '../launch-record.ts';
import { launch } from '../launch.ts';
import { takeRefunds } from '../refund.ts';
import { findRefundable } from '../refundable.ts';
import { domainOf, type BuyerSetting } from '../setting.ts';
import type { WatchEvent, WatchOptions } from '../watch-events.ts';
import { watchJob } from '../watch.ts';
import {
  committedOf,
  decide,
  startAgent,
  type AgentAction,
  type AgentEvent,
  type AgentState,
  type Goal,
  type StopReason,
} from './decide.ts';

export type AgentTask = Readonly<{
  /** What to train and how to run it; the budget is the agent's to set. */
  wishes: Omit<JobWishes, 'budget'>;
  goal: Goal;
  /** Names the agent's launches in the home. */
  name: string;
  patience: Patience;
  /** Stands in for HTTP and the clock in tests. */
  watching?: Pick<WatchOptions, 'connect' | 'now'>;
  /** File of rows that no owner has, to evaluate every round on. */
  heldOut: string;
}>;

export type AgentNews =
  | Readonly<{ kind: 'quote'; quote: Quote }>
  | Readonly<{ kind: 'action'; action: AgentAction }>
  | Readonly<{ kind: 'trouble'; code: string; message: string }>
  | Readonly<{ kind: 'watch'; event: WatchEvent }>;

export type AgentReport = Readonly<{
  reason: StopReason;
  state: AgentState;
  /** The last job, or null. */
  job: number | null;
  /** What is still to come back of it, and from which second. */
  toReturn: bigint;
  from: number | null;
}>;

type Run = { state: AgentState; job: number | null; readonly tell: (news: AgentNews) => void };

/** @throws TributaryError `agent/bad-goal`, and what neither waiting nor another launch mends */
export async function runAgent(
  setting: BuyerSetting,
  task: AgentTask,
  tell: (news: AgentNews) => void = () => undefined,
): Promise<AgentReport> {
  const begin = startAgent(task.goal);
  const run: Run = { state: begin.state, job: null, tell };
  let { action } = begin;
  const earlier = await begun(setting, task, 1);
  if (earlier) action = step(run, earlier);
  while (action.type !== 'stop') action = step(run, await perform(setting, task, run, action));
  const job =
    run.job === null
      ? null
      : (await findRefundable(setting.contracts, setting.contracts.account, run.job)).jobs[0];
  return {
    reason: action.reason,
    state: run.state,
    job: run.job,
    toReturn: job?.worth ?? 0n,
    from: job?.from ?? null,
  };
}

function step(run: Run, event: AgentEvent): AgentAction {
  const { state, action } = decide(run.state, event);
  run.state = state;
  run.tell({ kind: 'action', action });
  return action;
}

const nameOf = ({ name }: AgentTask, number: number): string => `${name}-${number}`;

async function begun({ home }: BuyerSetting, task: AgentTask, number: number): Promise<AgentEvent | null> {
  const record = await readLaunch(home, nameOf(task, number));
  return record && { type: 'begun', launch: number, cost: BigInt(record.total) };
}

/** @returns what happened */
async function perform(
  setting: BuyerSetting,
  task: AgentTask,
  run: Run,
  action: Exclude<AgentAction, { type: 'stop' }>,
): Promise<AgentEvent> {
  switch (action.type) {
    case 'look': {
      const earlier = await begun(setting, task, run.state.reserved.length + 1);
      if (earlier) return earlier;
      await takeBack(setting, run);
      return look(setting, task, run, task.goal.cap - committedOf(run.state));
    }
    case 'launch':
      return launchWithin(setting, task, run, action);
    case 'watch':
      return follow(setting, task, run, action.launch);
    case 'cancel':
    case 'wait':
      // Both are answers to what a watch tells, and are done in it.
      return { type: 'finished', launch: run.state.reserved.length };
    default:
      return action satisfies never;
  }
}

async function look(setting: BuyerSetting, task: AgentTask, run: Run, limit: bigint): Promise<AgentEvent> {
  try {
    const { quote } = await arrangeJob(setting, { ...task.wishes, budget: limit });
    run.tell({ kind: 'quote', quote });
    return { type: 'offers', cost: quote.total };
  } catch (error) {
    if (!(error instanceof TributaryError) || !error.code.startsWith('choice/')) throw error;
    run.tell({ kind: 'trouble', code: error.code, message: error.message });
    return { type: 'offers', cost: null };
  }
}

/** What the last job did not earn can pay for another, once the chain has given it back. */
async function takeBack({ contracts }: BuyerSetting, run: Run): Promise<void> {
  if (run.job === null) return;
  const [found] = (await findRefundable(contracts, contracts.account, run.job)).jobs;
  if (found?.state !== 'closable' && found?.state !== 'unearned') return;
  const { returned } = await takeRefunds(contracts, run.job);
  // Credits of other jobs came with it; a round that is not final yet keeps its part.
  const amount = returned < found.worth ? returned : found.worth;
  step(run, { type: 'returned', launch: run.state.reserved.length, amount });
}

/** A launch that has a record goes on with it; else the market is asked once more, within the limit. */
async function launchWithin(
  setting: BuyerSetting,
  task: AgentTask,
  run: Run,
  { launch: number, limit }: Extract<AgentAction, { type: 'launch' }>,
): Promise<AgentEvent> {
  const name = nameOf(task, number);
  try {
    const record = await readLaunch(setting.home, name);
    const arranged = record ? null : await arrangeJob(setting, { ...task.wishes, budget: limit });
    const { job } = await launch(setting, arranged?.plan ?? null, {
      name,
      purchase: 'permit',
      agreed: arranged?.agreed,
    });
    run.job = job;
    return { type: 'launched', launch: number, rounds: record?.plan.rounds ?? arranged?.plan.rounds ?? 0 };
  } catch (error) {
    if (!(error instanceof TributaryError)) throw error;
    run.tell({ kind: 'trouble', code: error.code, message: error.message });
    await pause(task.patience.firstMillis, task.patience.signal);
    return { type: 'failed', launch: number };
  }
}

/** Watches the job to its end; a cancel is sent from within, and the round under way is still checked and approved. */
async function follow(setting: BuyerSetting, task: AgentTask, run: Run, number: number): Promise<AgentEvent> {
  const job = run.job ?? 0;
  const { contracts, store } = setting;
  const { job: terms } = await readJobState(contracts, store, domainOf(setting), job);
  const heldOut = await loadHeldOut(task.heldOut, terms.recipe);
  try {
    const evaluating = { backend: await loadBackend(), heldOut };
    for await (const event of watchJob(setting, {
      ...task.watching,
      job,
      evaluating,
      patience: task.patience,
    })) {
      run.tell({ kind: 'watch', event });
      const value = event.kind === 'round' ? event.report.evaluation.metrics[task.goal.metric] : undefined;
      if (event.kind !== 'round' || value === undefined) continue;
      const action = step(run, { type: 'round', launch: number, round: event.report.round, value });
      if (action.type === 'cancel') await cancelOnce(setting, run, job);
    }
  } finally {
    heldOut.close();
  }
  return { type: 'finished', launch: number };
}

/** One that was sent before, or a job that ends as soon by itself, needs none. */
async function cancelOnce({ contracts }: BuyerSetting, run: Run, job: number): Promise<void> {
  try {
    await cancelJob(contracts, job);
  } catch (error) {
    const over = /^escrow\/(cutoff-already-near|wrong-state|past-cutoff)$/;
    if (!(error instanceof TributaryError) || !over.test(error.code)) throw error;
    run.tell({ kind: 'trouble', code: error.code, message: error.message });
  }
}
