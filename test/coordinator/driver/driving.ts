/** Drivers under test: begun with an announced attempt of three members, or resumed from any state. */
import { JobDriver } from '#coordinator/driver/job-driver.ts';
import type { Attempt, AttemptEvent } from '#coordinator/round/attempt.ts';
import type { AttemptRules } from '#coordinator/round/base.ts';
import { cohort } from '#test/support/cohort.ts';
import { driverParts, settle } from '../fakes.ts';
import { rulesOf } from '../fixtures.ts';
import { save } from '../store/save.ts';

export const members = cohort({ n: 3 });
export const { id } = members;
export const never = new AbortController().signal;

export type Setup = ReturnType<typeof driverParts>;

export async function begun(
  setup: Setup = driverParts(),
  rules: AttemptRules = rulesOf(members),
  rounds = 2,
) {
  const driver = await JobDriver.begin(setup.parts, rounds, rules);
  if (!driver) throw new Error('it is begun already');
  return { driver, ...setup };
}

/** A driver that goes on from a state as if it had been on disk. */
export async function resumedFrom(state: Attempt, setup: Setup = driverParts()) {
  const job = { job: id.job, state: 'active', rounds: 2, round: id.round, attempt: id.attempt } as const;
  await save(setup.records, { job, attempts: [{ revision: 9, state }], message: null });
  return { driver: await JobDriver.resume(setup.parts, job), ...setup };
}

/** Whether a promise is still waiting when all else has gone on. */
export async function isWaiting(promise: Promise<unknown>): Promise<boolean> {
  let done = false;
  void promise.then(
    () => (done = true),
    () => (done = true),
  );
  await settle();
  return !done;
}

export const submitAll = (driver: JobDriver, events: readonly AttemptEvent[]) =>
  Promise.all(events.map((event) => driver.submit(id, event)));
