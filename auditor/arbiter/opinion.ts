/** From what was recomputed to what the arbiter does now. protocol.md §5.6 */
import type { Recomputed } from '../dispute/recompute.ts';

/** In seconds of the chain's time. */
export type JudgementTime = Readonly<{
  now: number;
  /** The last second for the judgement. */
  deadline: number;
  /** From the coordinator's bond to the deadline. */
  window: number;
}>;

/**
 * `wait`: what is missing may still come. `silent`: our own means are away, so nothing follows, whatever the time; the
 * contract then decides by the round's quorum. `over`: too late.
 */
export type Opinion = Readonly<{ says: 'stands' | 'void' | 'wait' | 'silent' | 'over'; why: string }>;

/** From this second on evidence that can't be had means void: a quarter of the window is left. */
export const patienceEnds = ({ deadline, window }: Omit<JudgementTime, 'now'>): number =>
  deadline - Math.ceil(window / 4);

/** The seconds for which evidence is waited for: to the last quarter, and within it half of what is left. */
export function patienceLeft({ now, deadline, window }: JudgementTime): number {
  const ends = patienceEnds({ deadline, window });
  return now < ends ? ends - now : Math.max(1, Math.floor((deadline - now) / 2));
}

export function opinionOf({ outcome, why, code }: Recomputed, time: JudgementTime): Opinion {
  if (time.now > time.deadline) return { says: 'over', why: 'the time for a judgement is over' };
  switch (outcome) {
    case 'true':
      return { says: 'stands', why };
    case 'false':
      return { says: 'void', why: `${why} (${code ?? ''})` };
    case 'missing':
      return time.now < patienceEnds(time)
        ? { says: 'wait', why }
        : { says: 'void', why: `the evidence can not be fetched: ${why}` };
    case 'away':
      return { says: 'silent', why };
    case 'gone':
      // A node that is behind: where the posting is really gone, the dispute says so itself.
      return { says: 'silent', why };
    default:
      return outcome satisfies never;
  }
}
