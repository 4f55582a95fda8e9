/** Attempts after one another, and the aborts between them. */
import type { Abort, Signed } from '#protocol/messages.ts';
import { signed } from '#test/support/cohort.ts';
import { bench, show, type Bench } from './cohort.ts';

/** The same clients in another attempt, round or job. */
export const next = (at: Bench, id: object = { attempt: 2 }) =>
  bench({ homes: at.homes, id: { ...at.coordinator.id, ...id }, seed: 'second' });

/** Aborts of an attempt, signed by these members of its roster. */
export function abortsBy({ coordinator }: Bench, members: readonly number[]): Signed<Abort>[] {
  const { roster } = coordinator.inputs[0]!.message;
  return members.map((member) => signed(member, 'Abort', { ...coordinator.id, member, roster, reason: 'x' }));
}
/** As a later attempt's view shows an earlier one. */
export const shownEarlier = (at: Bench, aborts: Signed<Abort>[]) => [
  { attempt: at.coordinator.id.attempt, roster: at.coordinator.enrolments, aborts },
];
/** The codes of what clients object to at enrolling. */
export const codes = async (at: Bench, seats: readonly number[]) =>
  (await show(at, 'enrolling', seats)).map((flaw) => flaw?.code ?? null);
