/** A sparse attempt as its coordinator shows it to one member, from the whole of what arrived. protocol.md §4.9 */
import { nearViewOf } from '#coordinator/round/near-view.ts';
import type { NearViewOf } from '#protocol/attempt-view.ts';
import type { Draw } from '#protocol/manifests.ts';
import type { Confirm, Enrolment, Input, Shares, Signed } from '#protocol/messages.ts';
import type { Expected, SeatFacts } from '#protocol/rules/roster.ts';
import type { Domain } from '#protocol/typed-data.ts';
import { digestOfText } from './cohort.ts';

/** Twelve members of six neighbours each, five of whom restore a secret: what the parameters of §3.8 give. */
export const twelve = 12;
export const draw: Draw = { degree: 6, threshold: 5, seedBlock: 40, randao: digestOfText('randao') };
export const terms = { above: 11, corruption: 0.05, dropout: 0.05 };

export type Arrived = Readonly<{
  domain: Domain;
  expected: Expected;
  seats: readonly SeatFacts[];
  enrolments: readonly Signed<Enrolment>[];
  draw: Draw;
  shares?: readonly Signed<Shares>[];
  inputs?: readonly Signed<Input>[];
  confirmations?: readonly Signed<Confirm>[];
  proposal?: NearViewOf<'settling'>['proposal'];
}>;

export type NearPhase = 'sharing' | 'receiving' | 'masking' | 'confirming' | 'unmasking' | 'settling';

export function nearView<P extends NearPhase>(phase: P, of: Arrived, seat: number): NearViewOf<P> {
  const { domain, expected, seats } = of;
  const { job, round, attempt, terms: digest, model } = expected;
  const base = {
    job,
    round,
    attempt,
    revision: 1,
    deadline: 2_000_000_000,
    terms: digest,
    model,
    earlier: [],
  };
  const state = {
    ...of,
    // Lists of their own: what is derived from a list is kept for it.
    enrolments: [...of.enrolments],
    shares: [...(of.shares ?? [])],
    inputs: [...(of.inputs ?? [])],
    confirmations: [...(of.confirmations ?? [])],
    receipts: [],
    excluded: [],
    phase,
    rules: { domain, seats, expected },
  };
  return nearViewOf(state as never, base as never, seat) as NearViewOf<P>;
}
