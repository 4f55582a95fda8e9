/** Which messages a liar had of whom in an attempt, and the sums that they give. */
import type { Job } from '#model/job.ts';
import type { ViewOf } from '#protocol/attempt-view.ts';
import type { AttemptId } from '#protocol/job-id.ts';
import { buildRoster, type Roster } from '#protocol/rules/roster.ts';
import type { Sent } from './front.ts';
import { Knowledge } from './knowledge.ts';
import { all, type Play, type Victim } from './play.ts';
import type { Check } from './weakened.ts';

/** What clients sent of one kind in an attempt. */
export const sentIn = (play: Play, of: AttemptId, call: string): Sent[] =>
  play
    .sent()
    .filter(
      ({ id, call: kind }) =>
        kind === call && id.job === of.job && id.round === of.round && id.attempt === of.attempt,
    );

export const hasSent = (play: Play, of: AttemptId, call: string, seat: number): boolean =>
  sentIn(play, of, call).some((sent) => sent.seat === seat);

export const untilSent = (play: Play, of: AttemptId, call: string, count: number): Promise<void> =>
  play.until(`${count} ${call}`, () => sentIn(play, of, call).length >= count);

export const clients = (play: Play, seats: readonly number[], without: readonly Check[]): Promise<Victim[]> =>
  Promise.all(seats.map((seat) => play.victim(seat, { without })));

/** The roster that a client was shown in an attempt. */
export function rosterShown({ front }: Victim, job: Job, of: AttemptId): Roster {
  const view = front.shown.find(
    ({ phase, job: number, attempt }) => phase === 'sharing' && number === of.job && attempt === of.attempt,
  );
  return buildRoster(job.id, (view as ViewOf<'sharing'>).roster);
}

/** Σ over the roster of an attempt of this job or another, by what clients opened. */
export function sumOf(play: Play, job: Job, id: AttemptId, roster: Roster): Uint32Array {
  const sum = knowledgeOf(play, job, id, roster).sum(all(roster), all(roster));
  if (!sum) throw new Error('the sum does not open');
  return sum;
}

export const knowledgeOf = (play: Play, job: Job, id: AttemptId, roster: Roster): Knowledge =>
  new Knowledge({ job, id, roster, sent: play.sent(), puppets: [] });
