/** What every phase of an attempt holds, what later phases add, and how a message is refused. protocol.md §4 */
import type { AggregationParameters } from '#crypto/parameters.ts';
import { type Flaw, flaw } from '#protocol/flaw.ts';
import type { EvidenceTerms } from '#protocol/evidence-terms.ts';
import type { AttemptId } from '#protocol/job-id.ts';
import type { SparseTerms } from '#protocol/aggregation.ts';
import type { Draw, JobManifest } from '#protocol/manifests.ts';
import type { Confirm, Enrolment, Input, Received, Shares, Signed } from '#protocol/messages.ts';
import type { Expected } from '#protocol/rules/roster.ts';
import type { Domain } from '#protocol/typed-data.ts';
import { toSeconds, type Address, type Bytes32, type Seconds } from '#protocol/units.ts';

/** A seat of the job as the chain held it when the attempt was announced. */
export type SeatStanding = Readonly<{
  dataset: number;
  operator: Address;
  owner: Address;
  /** Rounds that the seat can still be paid for. */
  unitsLeft: number;
}>;

/** What an attempt was announced with; it never changes. Plain JSON, as the whole state is. */
export type AttemptRules = Readonly<{
  domain: Domain;
  /** The attempt, and the digests that every enrolment repeats. */
  expected: Expected;
  aggregation: AggregationParameters;
  /** When and how a roster's graph is sparse; null: never. */
  sparse: SparseTerms | null;
  buyer: Address;
  /** In seat order. */
  seats: readonly SeatStanding[];
  minimumCohort: number;
  phases: JobManifest['phases'];
  announcedAt: Seconds;
  /** From here on the escrow settles nothing more. */
  cutoff: Seconds;
  /** Who else may read the evidence, and how long it is kept. */
  evidence: EvidenceTerms;
}>;

/** `deadline`: when the phase ends; in an ended attempt, when its last phase would have. */
export type AttemptBase = Readonly<{ rules: AttemptRules; deadline: Seconds }>;

/** U1 is frozen: enrolments in seat order, their root, and where its graph is sparse, how that was drawn. */
export type WithRoster = AttemptBase &
  Readonly<{ enrolments: readonly Signed<Enrolment>[]; roster: Bytes32; draw: Draw | null }>;

/** Shares by ascending member; once sharing is over these are U2. */
export type WithShares = WithRoster & Readonly<{ shares: readonly Signed<Shares>[] }>;

/** What members said of the shares that they were dealt, by ascending member. */
export type WithReceipts = WithShares & Readonly<{ receipts: readonly Signed<Received>[] }>;

/** Inputs by ascending member; once masking is over these are U3. */
export type WithInputs = WithShares & Readonly<{ inputs: readonly Signed<Input>[] }>;

/** Confirmations by ascending member; once confirming is over there are T of them, in a sparse graph all. */
export type WithConfirmations = WithInputs & Readonly<{ confirmations: readonly Signed<Confirm>[] }>;

/** The part of a confirmed attempt that all later phases keep. */
export const confirmedPart = ({
  rules,
  deadline,
  enrolments,
  roster,
  draw,
  shares,
  inputs,
  confirmations,
}: WithConfirmations): WithConfirmations => ({
  rules,
  deadline,
  enrolments,
  roster,
  draw,
  shares,
  inputs,
  confirmations,
});

/** An expected "no". */
export type Refusal = Readonly<{ refused: Flaw }>;

export const refuse = (code: string, detail: string): Refusal => ({ refused: flaw(code, detail) });

export const isRefusal = (outcome: object): outcome is Refusal => 'refused' in outcome;

export const later = (now: Seconds, seconds: number): Seconds => toSeconds(now + seconds);

export const idOf = ({ rules }: AttemptBase): AttemptId => {
  const { job, round, attempt } = rules.expected;
  return { job, round, attempt };
};

/** protocol.md §3.7 */
const SMALLEST_ROSTER = 3;

/** Fewer than these neither begin an attempt nor end it. */
export const leastMembers = ({ minimumCohort }: Pick<AttemptRules, 'minimumCohort'>): number =>
  Math.max(SMALLEST_ROSTER, minimumCohort);
