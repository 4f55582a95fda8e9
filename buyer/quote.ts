/** What a job would cost: units of each dataset for each round, the fee on them, and the bonus. protocol.md §5.1, §5.2 */
import { isDeepStrictEqual } from 'node:util';
import { latestTime } from '#contracts/chain-time.ts';
import type { Contracts } from '#contracts/connect.ts';
import { feeOf } from '#contracts/fees.ts';
import type { JobConditions } from '#contracts/opening-conditions.ts';
import { TributaryError } from '#crypto/error.ts';
import type { Address } from '#protocol/units.ts';
import { chooseOffer, findOffers, type Offer } from './offers.ts';

export type Wanted = Readonly<{
  /** Registry ids, each once. */
  datasets: readonly number[];
  /** Units of each: one a round. */
  rounds: number;
  /** Base units shared among participants, over all rounds. */
  bonusPool: bigint;
  /** What the job is to be opened with; null for units alone, which pay no fee. */
  conditions: JobConditions | null;
}>;

/** One dataset's part; amounts in base units. */
export type QuoteLine = Readonly<{
  dataset: number;
  token: number;
  price: bigint;
  units: number;
  /** Of them, units that the buyer holds already. */
  held: number;
  toBuy: number;
  /** price × units. */
  full: bigint;
  /** price × toBuy. */
  cost: bigint;
}>;

export type Quote = Readonly<{
  /** Ascending by dataset, as seats must be. */
  lines: readonly QuoteLine[];
  rounds: number;
  bonusPool: bigint;
  /** Of all units, to the deployment: paid when they become seats, and given back with each that is not earned. */
  fees: bigint;
  conditions: JobConditions | null;
  /** What the job costs in all: its units, their fees and the bonus. */
  total: bigint;
  /** What is still to be paid: units to buy, the fees, and the bonus. */
  toPay: bigint;
  balance: bigint;
  /** What the contracts may take already. */
  allowance: Readonly<{ accessToken: bigint; escrow: bigint }>;
  affordable: boolean;
}>;

/** The arithmetic alone. @param held the buyer's units of a token */
export function quoteFrom(
  wanted: Wanted,
  offers: readonly Offer[],
  held: (token: number) => bigint,
  account: Pick<Quote, 'balance' | 'allowance'>,
): Quote {
  assertWanted(wanted);
  const { rounds, bonusPool } = wanted;
  const datasets = [...wanted.datasets].sort((a, b) => a - b);
  const lines = datasets.map((dataset) => lineOf(chooseOffer(offers, dataset, rounds, held), rounds, held));
  const { conditions } = wanted;
  const fees = feesOf(lines, conditions?.fee ?? 0);
  const toPay = lines.reduce((sum, { cost }) => sum + cost, bonusPool + fees);
  return {
    lines,
    rounds,
    bonusPool,
    fees,
    conditions,
    total: lines.reduce((sum, { full }) => sum + full, bonusPool + fees),
    toPay,
    ...account,
    affordable: account.balance >= toPay,
  };
}

/** @param fee basis points */
export const feesOf = (lines: readonly Pick<QuoteLine, 'price' | 'units'>[], fee: number): bigint =>
  lines.reduce((sum, { price, units }) => sum + BigInt(units) * feeOf(price, fee), 0n);

function lineOf(
  { dataset, token, price }: Offer,
  units: number,
  heldOf: (token: number) => bigint,
): QuoteLine {
  const owned = heldOf(token);
  const held = owned > BigInt(units) ? units : Number(owned);
  const toBuy = units - held;
  return {
    dataset,
    token,
    price,
    units,
    held,
    toBuy,
    full: price * BigInt(units),
    cost: price * BigInt(toBuy),
  };
}

/**
 * A quote from the chain as it is now.
 *
 * @param only tokens to choose among, where they were chosen before
 * @throws TributaryError `quote/no-datasets`, `quote/duplicate-dataset`, `quote/rounds`, `quote/no-offer`,
 *   `quote/sold-out`, `chain/…`
 */
export async function quoteJob(
  contracts: Contracts,
  buyer: Address,
  wanted: Wanted,
  only?: ReadonlySet<number>,
): Promise<Quote> {
  assertWanted(wanted);
  const now = await latestTime(contracts);
  const found: Offer[] = [];
  for (const dataset of wanted.datasets) found.push(...(await findOffers(contracts, now, dataset)));
  const offers = found.filter(({ token }) => only?.has(token) ?? true);
  const { paymentToken, accessToken, escrow } = contracts;
  const held = new Map<number, bigint>();
  for (const { token } of offers) held.set(token, await accessToken.read.balanceOf(buyer, BigInt(token)));
  return quoteFrom(wanted, offers, (token) => held.get(token) ?? 0n, {
    balance: await paymentToken.read.balanceOf(buyer),
    allowance: {
      accessToken: await paymentToken.read.allowance(buyer, accessToken.address),
      escrow: await paymentToken.read.allowance(buyer, escrow.address),
    },
  });
}

/** What a buyer agreed to. */
export type Agreement = Readonly<{
  lines: readonly Pick<QuoteLine, 'dataset' | 'token' | 'price' | 'units'>[];
  conditions: JobConditions | null;
  /** Base units that the job may cost in all; null for what the lines, their fees and the bonus come to. */
  limit: bigint | null;
}>;

export const tokensOf = ({ lines }: Agreement): ReadonlySet<number> =>
  new Set(lines.map(({ token }) => token));

/**
 * Holds what would be bought now against what was agreed to.
 *
 * @throws TributaryError `quote/changed` where an offer or a fee is another, `quote/over-limit` where the total is above the limit
 */
export function assertAgreed(
  { lines, total, conditions }: Pick<Quote, 'lines' | 'total' | 'conditions'>,
  agreed: Agreement,
): void {
  if (!isDeepStrictEqual(conditions, agreed.conditions)) {
    throw new TributaryError(
      'quote/changed',
      "the fee or the arbiter's fee is not what was quoted any more: nothing was bought; ask for a new quote",
    );
  }
  const other = lines.find(({ dataset, token, price, units }) => {
    const line = agreed.lines.find((one) => one.dataset === dataset);
    return line?.token !== token || line.price !== price || line.units !== units;
  });
  if (other || lines.length !== agreed.lines.length) {
    throw new TributaryError(
      'quote/changed',
      'what is for sale is not what was quoted any more: nothing was bought; ask for a new quote',
    );
  }
  if (agreed.limit === null || total <= agreed.limit) return;
  throw new TributaryError(
    'quote/over-limit',
    `the job costs ${total} base units, at most ${agreed.limit} may be spent: run fewer rounds, or allow more`,
  );
}

/** @throws TributaryError `quote/balance-too-low` */
export function assertAffordable({ balance, toPay, affordable }: Quote): void {
  if (affordable) return;
  throw new TributaryError(
    'quote/balance-too-low',
    `${toPay} base units are to be paid, the account holds ${balance}: fund it with ${toPay - balance} more`,
  );
}

function assertWanted({ datasets, rounds }: Wanted): void {
  if (datasets.length === 0) throw new TributaryError('quote/no-datasets', 'name at least one dataset');
  if (new Set(datasets).size !== datasets.length) {
    throw new TributaryError('quote/duplicate-dataset', 'a dataset takes one seat in a job: name each once');
  }
  if (!Number.isInteger(rounds) || rounds < 1 || rounds > 65_535) {
    throw new TributaryError('quote/rounds', `a job has 1 to 65,535 rounds, not ${rounds}`);
  }
}
