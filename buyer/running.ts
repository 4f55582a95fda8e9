/** How a job is run, whatever it trains: who runs it, how long phases and windows are, who reads its evidence. protocol.md §4, §5.3, §6.4 */
import { toHex } from '#crypto/bytes.ts';
import { systemRng } from '#crypto/random.ts';
import { evidenceByDefault } from '#protocol/evidence-terms.ts';
import { toBytes32, type Address, type Bytes32 } from '#protocol/units.ts';
import type { Plan } from './plan.ts';

export type Running = Pick<
  Plan,
  'phases' | 'windows' | 'evidence' | 'seed' | 'minimumCohort' | 'coordinator'
>;

const DAY = 86_400;

export type RunningChoice = Readonly<{
  minimumCohort?: number | undefined;
  /** Of the first weights; drawn by default, so that the job's terms are like no other's. */
  seed?: Bytes32 | undefined;
  /** Seconds to train and enrol, and of each later phase. */
  enrolling?: number | undefined;
  phase?: number | undefined;
  /** Seconds: how long a round is kept after a cancel, and the challenge windows with a quorum and without. */
  roundTimeout?: number | undefined;
  short?: number | undefined;
  long?: number | undefined;
  /** Seconds from the opening to the cutoff. */
  duration?: number | undefined;
  /** Who may read evidence beside members and buyer, and for how many days after a round is final. */
  evidenceReaders?: readonly Address[] | undefined;
  retentionDays?: number | undefined;
}>;

export function runningOf(
  coordinator: Readonly<{ url: string; address: Address }>,
  choice: RunningChoice = {},
): Running {
  const { phase = 60, enrolling = 600 } = choice;
  const { roundTimeout = 3_600, short = 600, long = DAY, duration = 30 * DAY } = choice;
  return {
    coordinator,
    minimumCohort: choice.minimumCohort ?? 3,
    seed: choice.seed ?? toBytes32(toHex(systemRng().bytes(32))),
    phases: {
      enrolling,
      sharing: phase,
      masking: phase,
      confirming: phase,
      unmasking: phase,
      settling: phase,
    },
    windows: { roundTimeout, short, long, duration },
    evidence: {
      readers: [...(choice.evidenceReaders ?? evidenceByDefault.readers)],
      retentionDays: choice.retentionDays ?? evidenceByDefault.retentionDays,
    },
  };
}
