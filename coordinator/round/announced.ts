/** Announced: the attempt is there, nobody has enrolled yet. protocol.md §4.2 */
import type { Enrolment, Signed } from '#protocol/messages.ts';
import type { Seconds } from '#protocol/units.ts';
import { abandon, type Aborted } from './aborted.ts';
import { later, type AttemptBase, type AttemptRules, type Refusal } from './base.ts';
import * as enrolling from './enrolling.ts';
import type { Drawing } from './drawing.ts';
import type { Sharing } from './sharing.ts';

export type Announced = AttemptBase & Readonly<{ phase: 'announced' }>;

/** The deadline is that of enrolling, which the first enrolment begins. */
export const announce = (rules: AttemptRules): Announced => ({
  phase: 'announced',
  rules,
  deadline: later(rules.announcedAt, rules.phases.enrolling),
});

export const onEnrolment = (
  { rules, deadline }: Announced,
  envelope: Signed<Enrolment>,
  now: Seconds,
): enrolling.Enrolling | Drawing | Sharing | Aborted | Refusal =>
  enrolling.onEnrolment({ phase: 'enrolling', rules, deadline, enrolments: [] }, envelope, now);

/** While nobody is there, the same attempt waits on: a new one would tell nobody anything. */
export const onDeadline = (state: Announced, now: Seconds): Announced | Aborted =>
  now >= state.rules.cutoff
    ? abandon(state, 'the job is past its cutoff')
    : { ...state, deadline: later(now, state.rules.phases.enrolling) };
