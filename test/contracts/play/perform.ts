/** Plays one action on ledger and chain, and holds the two against each other: outcome, whole state, invariants. */
import { expect } from 'chai';
import { Refused } from '../ledger/refused.ts';
import { isOngoing, windows } from '../ledger/ledger.ts';
import type { Action, Kind, Plan, Step } from './action.ts';
import { readAll } from './batch.ts';
import { disputeActions } from './dispute-actions.ts';
import { expectedState } from './expected.ts';
import { expectInvariants } from './invariants.ts';
import { jobActions } from './job-actions.ts';
import { marketActions } from './market-actions.ts';
import { payoutActions } from './payout-actions.ts';
import { roundActions } from './round-actions.ts';
import { redirect } from './redirect.ts';
import { pick, upcoming, type Stage } from './stage.ts';

/** How often each kind was accepted, and refused with which code. */
export type Tally = Map<Kind, Map<string, number>>;

const plans: Readonly<Record<Exclude<Kind, 'wait'>, Plan>> = {
  ...marketActions,
  ...jobActions,
  ...roundActions,
  ...disputeActions,
  ...payoutActions,
};

export async function perform(stage: Stage, wanted: Action, tally?: Tally): Promise<void> {
  const action = redirect(stage, wanted, await upcoming(stage));
  const step =
    action.kind === 'wait'
      ? await wait(stage, action)
      : plans[action.kind](stage, action, await upcoming(stage));
  const expected = await outcome(step.model);
  expect(await outcome(step.send), JSON.stringify(action, bigints)).to.equal(expected);
  const counts = tally?.get(action.kind) ?? new Map<string, number>();
  tally?.set(action.kind, counts.set(expected, (counts.get(expected) ?? 0) + 1));
  await expectSame(stage, action);
}

const bigints = (_: string, value: unknown) => (typeof value === 'bigint' ? String(value) : value);

async function outcome(act: () => unknown): Promise<string> {
  try {
    await act();
    return 'accepted';
  } catch (error) {
    if (
      error instanceof Refused ||
      (error instanceof Error && 'code' in error && String(error.code).startsWith('escrow/'))
    )
      return String(error.code);
    throw error;
  }
}

async function expectSame(stage: Stage, action: Action): Promise<void> {
  const now = await stage.world.chain.now();
  const state = expectedState(stage, now);
  const found = await readAll(
    stage.world.chain.url,
    state.map(({ read }) => read),
  );
  for (const [index, { read, value }] of state.entries()) {
    expect(project(found[index], value), `${read.what} after ${action.kind}`).to.deep.equal(value);
  }
  expectInvariants(stage, new Map(state.map(({ read }, index) => [read.what, found[index]])), now);
}

/** The fields that the expected value names. */
function project(found: unknown, wanted: unknown): unknown {
  if (typeof wanted !== 'object' || wanted === null) return found;
  const fields = Object.keys(wanted).map((key) => [key, (found as Record<string, unknown>)[key]]);
  return Object.fromEntries(fields);
}

/** To a second before, at or after one of the next moments at which something begins or ends. */
async function wait(stage: Stage, { stray, which, other, amount }: Action): Promise<Step> {
  const now = await upcoming(stage);
  const ahead = [...new Set(momentsOf(stage))].filter((moment) => moment > now + 1).sort((a, b) => a - b);
  const near = stray === 0 ? ahead : ahead.slice(0, 2);
  const moment = near.length === 0 ? now + 1 + (amount % 60) : pick(near, which) + (other % 3) - 1;
  return { model: () => undefined, send: () => stage.world.chain.mineAt(moment - 1) };
}

function momentsOf({ ledger }: Stage): number[] {
  const ofJobs = ledger.jobs.flatMap(({ cutoff, state, postings, attempts }) => [
    ...(state === 'Open' || state === 'Active' ? [cutoff, cutoff - windows.roundTimeout] : []),
    ...attempts
      .filter(({ outcome }) => outcome === 'Committed')
      .map(({ since }) => since + windows.roundTimeout),
    ...postings.map(({ readyAt }) => readyAt),
    ...postings.flatMap(({ dispute }) =>
      dispute && isOngoing(dispute) ? [dispute.deadline, dispute.deadline + 1] : [],
    ),
  ]);
  const [first, ...rest] = ledger.offers
    .map(({ validUntil }) => validUntil)
    .filter((time) => time < Math.max(...ofJobs));
  return first === undefined ? ofJobs : [...ofJobs, first, ...rest];
}
