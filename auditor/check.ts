/** The shape of a check: one question, one verdict. protocol.md §6 */
import type { RoundSubject, Subject } from './subject.ts';
import type { Verdict } from './verdict.ts';

/**
 * 1 chain and hash links; 2 signatures, access tokens, policies; 3 the model transition; 4 the aggregate from
 * evidence; 5 payouts, against the chain.
 */
export const levels = [1, 2, 3, 4, 5] as const;
export type Level = (typeof levels)[number];

type Base = Readonly<{
  id: string;
  level: Level;
  /** Earlier checks of the same level and scope; where one did not pass, this one has no basis. */
  needs?: readonly string[];
}>;

/** Asked once. */
export type JobCheck = Base & Readonly<{ scope: 'job'; run(subject: Subject): Promise<Verdict> }>;

/** Asked of every settled round. */
export type RoundCheck = Base &
  Readonly<{ scope: 'round'; run(round: RoundSubject, subject: Subject): Promise<Verdict> }>;

export type Check = JobCheck | RoundCheck;
