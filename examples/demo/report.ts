/** What the story comes to: a table for people, one object for machines. */
import { table } from '#cli/output.ts';
import type { Forgery } from './forgeries.ts';
import type { Line, Service } from './processes.ts';
import type { SampleName } from './samples.ts';

export type Scores = Readonly<{ federated: number; centralised: number; bestSingleOwner: number }>;

export type Outcome = Readonly<{
  job: string;
  dataset: SampleName;
  /** Log-loss of the untrained model, in nats. */
  initialLoss: number;
  rounds: number;
  settled: number;
  attempts: number;
  dropouts: number;
  /** Of the last round, as the auditor found it. */
  graph: string;
  accuracy: Scores;
  logLoss: Scores;
  payouts: Readonly<{ owed: string; claimed: string }>;
  /** Mean bytes of bodies that one client sent for one round that it took part in. */
  bytesUpPerClientPerRound: number;
  audit: Readonly<{ levels: readonly number[]; passed: boolean }>;
  forgeries: readonly Forgery[];
  seconds: number;
}>;

export type RoundRow = Readonly<{
  round: number;
  attempt: number;
  /** Members of the roster, and of them those without an accepted input. */
  cohort: number;
  lost: number;
  loss: number;
  accuracy: number;
  seconds: number;
}>;

/** The rounds that the buyer saw, round 0 being the untrained model. */
export function roundsOf(watch: Service): RoundRow[] {
  return watch.lines
    .filter((line) => line['event'] === 'round')
    .map((line) => ({
      round: Number(line['round']),
      attempt: Number(line['attempt'] ?? 0),
      cohort: Number(line['members'] ?? 0),
      lost: Number(line['lost'] ?? 0),
      loss: Number(line['logLoss']),
      accuracy: Number(line['accuracy']),
      seconds: Number(line['seconds'] ?? 0),
    }));
}

/** What the buyer's watch says of a round. */
export function roundText(line: Line): string {
  const { round, members, lost, logLoss, accuracy } = line;
  const scores = `loss ${Number(logLoss).toFixed(4)}, accuracy ${Number(accuracy).toFixed(4)}`;
  return round === 0
    ? `round 0 (untrained): ${scores}`
    : `round ${String(round)} settled: cohort ${String(members)}, lost ${String(lost)}, ${scores}`;
}

export function outcomeText(
  outcome: Outcome,
  rounds: readonly RoundRow[],
  perRound: ReadonlyMap<number, Readonly<{ bytesUp: number; paid: bigint }>>,
): string {
  const rows = rounds.map(({ round, cohort, lost, loss, accuracy, seconds }) => [
    String(round),
    round === 0 ? '–' : String(cohort),
    round === 0 ? '–' : String(lost),
    loss.toFixed(4),
    accuracy.toFixed(4),
    round === 0 ? '–' : String(perRound.get(round)?.bytesUp ?? 0),
    round === 0 ? '–' : String(seconds),
    round === 0 ? '–' : String(perRound.get(round)?.paid ?? 0n),
  ]);
  const { accuracy, logLoss, payouts, audit, forgeries } = outcome;
  return [
    table(['round', 'cohort', 'lost', 'loss', 'accuracy', 'bytes up', 'seconds', 'paid'], rows),
    '',
    table(
      ['', 'federated', 'centralised', 'best single owner'],
      [
        [
          'accuracy',
          ...[accuracy.federated, accuracy.centralised, accuracy.bestSingleOwner].map((x) => x.toFixed(4)),
        ],
        [
          'log loss',
          ...[logLoss.federated, logLoss.centralised, logLoss.bestSingleOwner].map((x) => x.toFixed(4)),
        ],
      ],
    ),
    '',
    `paid: ${payouts.claimed} of ${payouts.owed} base units owed, ${outcome.settled} of ${outcome.rounds} rounds settled`,
    `graph: ${outcome.graph}`,
    `audit with the coordinator gone: levels ${audit.levels.join(', ')} ${audit.passed ? 'passed' : 'did NOT pass'}`,
    ...forgeries.map(
      ({ kind, detected, named }) => `forgery ${kind}: ${detected ? 'detected' : 'NOT detected'}: ${named}`,
    ),
    `${outcome.seconds} seconds`,
  ].join('\n');
}
