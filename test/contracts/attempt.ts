/** The attempts of a test's job: what the coordinator sends of them, and what the chain then holds. */
import { Outcome, type AttemptRecord } from '#contracts/bindings/training-escrow.ts';
import type { Bytes32 } from '#protocol/units.ts';
import { digestOfText } from '#test/support/cohort.ts';
import { noHead, settle, settlement, type TestJob } from './job.ts';
import type { Actor, World } from './world.ts';

export const noAttempt: AttemptRecord = {
  outcome: Outcome.None,
  roster: noHead,
  seedBlock: 0n,
  survivors: noHead,
};
export const rosterOf = (name: number | string) => digestOfText(`roster ${name}`);
export const someSurvivors = digestOfText('survivors');

/** Everything by the coordinator unless another actor is named. */
export function attemptsOf(world: World, { job, ...rest }: TestJob) {
  const { escrow } = world.coordinator.contracts;
  const attemptOf = (round: number, attempt: number) => escrow.read.attemptOf(job, round, attempt);
  return {
    attemptOf,
    outcomeOf: async (round: number, attempt: number) => (await attemptOf(round, attempt)).outcome,
    commit: (round: number, attempt: number, root: Bytes32 = rosterOf(attempt)) =>
      escrow.send.commitRoster(job, round, attempt, root),
    fix: (round: number, attempt: number, root: Bytes32 = someSurvivors) =>
      escrow.send.fixSurvivors(job, round, attempt, root),
    abort: (round: number, attempt: number, actor: Actor = world.coordinator) =>
      actor.contracts.escrow.send.abortAttempt(job, round, attempt),
    settled: (round: number, attempt: number) => {
      const given = settlement({ job, ...rest }, round, digestOfText('payouts'), [0]);
      return settle(world, { job, ...rest }, { ...given, attempt });
    },
  };
}
