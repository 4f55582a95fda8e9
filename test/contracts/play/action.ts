/** A random action before it is known whom and what it meets. Three in ten go astray on purpose. */
import fc from 'fast-check';
import type { Address } from '#protocol/units.ts';
import { postedOf, type GhostJob, type Posting } from '../ledger/ledger.ts';
import type { Actor } from '../world.ts';
import { pick, type Stage } from './stage.ts';

/** How often each is tried. */
const weights = {
  ...{ setFee: 1, listArbiter: 1, removeArbiter: 1, setPaused: 1 },
  ...{ sell: 2, setOperator: 2, retire: 1, offer: 1, buy: 1, handOver: 1, redeem: 1 },
  ...{ open: 2, addSeats: 4, activate: 2, cancel: 1, close: 3, rotate: 2 },
  ...{ commit: 2, fix: 2, abort: 2, settle: 12 },
  ...{ challenge: 7, defend: 5, fileEvidence: 1, judge: 4, conclude: 5, withdrawBonds: 2 },
  ...{ claim: 5, claimFor: 5, refund: 4, collectFees: 3, withdraw: 2 },
  wait: 7,
};
export type Kind = keyof typeof weights;
export const kinds = Object.keys(weights) as Kind[];

/** Numbers that choose among whatever there is when the action is played. */
export type Action = Readonly<{
  kind: Kind;
  /** 0: another object than fits, 1: another person, 2: other arguments; above: what fits. */
  stray: number;
  which: number;
  other: number;
  amount: number;
  units: readonly number[];
  bonus: readonly bigint[];
}>;

const MAX_UINT32 = 2 ** 32 - 1;

/** A leaf may be true, or promise too much, or absurdly much. */
const units = fc.oneof(
  { weight: 8, arbitrary: fc.nat(5) },
  { weight: 1, arbitrary: fc.constant(MAX_UINT32) },
);
const bonus = fc.oneof(
  { weight: 8, arbitrary: fc.bigInt(0n, 30n) },
  { weight: 1, arbitrary: fc.constant(2n ** 96n - 1n) },
);
const six = { minLength: 6, maxLength: 6 };

export const anyAction: fc.Arbitrary<Action> = fc.record({
  kind: fc.oneof(...kinds.map((kind) => ({ weight: weights[kind], arbitrary: fc.constant(kind) }))),
  stray: fc.nat(9),
  which: fc.nat(1_000),
  other: fc.nat(1_000),
  amount: fc.nat(1_000),
  units: fc.array(units, six),
  bonus: fc.array(bonus, six),
});

/** What one action does: to the ledger, and to the chain. */
export type Step = Readonly<{ model(): void; send(): Promise<unknown> }>;
export type Plan = (stage: Stage, action: Action, now: number) => Step;

/** Whoever may, or now and then somebody else. */
export function actor({ people }: Stage, { stray, other }: Action, right: Address | undefined): Actor {
  const rightful = people.find(({ address }) => address === right);
  return stray === 1 || rightful === undefined ? pick(people, other) : rightful;
}

/** A job's number: of one that fits, if there is any, or now and then of any, or of none at all. */
export function jobFor(
  { ledger }: Stage,
  { stray, which }: Action,
  fits: (job: GhostJob) => boolean,
): number {
  const fitting = ledger.jobs.filter(fits);
  if (stray === 0 || fitting.length === 0) return 1 + (which % (ledger.jobs.length + 1));
  return pick(fitting, which).id;
}

/** A posting that fits, if there is any, or now and then any, or one that never was. */
export function postingFor(
  { ledger }: Stage,
  { stray, which }: Action,
  fits: (posting: Posting) => boolean,
): Posting {
  const all = ledger.jobs.flatMap(({ postings }) => postings);
  const fitting = all.filter(fits);
  if (stray !== 0 && fitting.length > 0) return pick(fitting, which);
  const job = pick(ledger.jobs, which);
  const never = {
    job,
    round: postedOf(job).length + 1,
    leaves: [],
    readyAt: 0,
    quorum: false,
    dispute: null,
  };
  return pick([...all, { ...never, fallen: true }], which);
}
