/** A coordinator that is to go: it takes on no job, and goes on with those that it has. docs/rotation.md */
import { TributaryError } from '#crypto/error.ts';
import { flaw, type Flaw } from '#protocol/flaw.ts';
import type { Readiness } from '../health/readiness.ts';

export type Drain = Readonly<{
  isDraining(): boolean;
  /**
   * @param handOver whether others on its database serve its jobs from now on, so that nobody has to reach this one
   * @throws TributaryError `coordinator/alone` where there are no others
   */
  begin(handOver: boolean): void;
  end(): void;
  /** Of each job that it is asked to take on. */
  refusal(): Flaw | null;
  /** Not ready as soon as nobody needs it: its jobs must be reached until they are over. */
  judge(ready: Readiness): Readiness;
}>;

type DrainParts = Readonly<{ underWay: () => number; coordinators: () => number }>;

export function drain({ underWay, coordinators }: DrainParts, begun = false): Drain {
  let state: 'none' | 'draining' | 'handed over' = begun ? 'draining' : 'none';
  const isGone = () => state === 'handed over' || (state === 'draining' && underWay() === 0);
  return {
    isDraining: () => state !== 'none',
    begin(handOver) {
      if (handOver && coordinators() < 2)
        throw new TributaryError(
          'coordinator/alone',
          'no other coordinator serves this database: its jobs could not be reached any more',
        );
      state = handOver ? 'handed over' : 'draining';
    },
    end: () => void (state = 'none'),
    refusal: () =>
      state === 'none' ? null : flaw('operations/draining', 'the coordinator is drained: it takes on no job'),
    judge: ({ ready, parts }) =>
      isGone()
        ? { ready: false, parts: { ...parts, work: { ready: false, code: 'coordinator/draining' } } }
        : { ready, parts },
  };
}
