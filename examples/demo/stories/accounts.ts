/** What owners and buyer got, held against what the chain's bitmaps say, to the unit. */
import { BUYER_COINS, type Owner } from '../actors.ts';
import type { ChainView } from '../chain-view.ts';
import { claimAll } from '../cohort.ts';
import { compare, weigh, type Balance } from '../purses.ts';
import { reckon } from '../reckoning.ts';
import type { Stack } from '../stack.ts';

/** Base units, as decimal strings. */
export type Accounts = Readonly<{
  /** Of owners and buyer, over all jobs. */
  pay: readonly Balance[];
  /** What contracts still hold: of the escrow, the fees that nobody has collected; of disputes, nothing. */
  left: Readonly<{ escrow: string; fees: string; disputes: string }>;
}>;

export type Owing = Readonly<{
  owners: readonly Owner[];
  /** What each owner had before the first job. */
  held: readonly bigint[];
  /** Account of the buyer, who began with `BUYER_COINS`. */
  buyer: string;
  jobs: readonly string[];
}>;

/** Every owner by its own command, as soon as all that is posted is final. */
export async function claimFinal(
  stack: Stack,
  view: ChainView,
  owners: readonly Owner[],
  job: string,
): Promise<void> {
  await view.untilFinal(job);
  await Promise.all(owners.map(({ name }) => claimAll(stack, name, job)));
}

/** To be called when everybody has taken what is theirs. */
export async function account(view: ChainView, { owners, held, buyer, jobs }: Owing): Promise<Accounts> {
  const reckonings = await Promise.all(jobs.map((job) => reckon(view.contracts, view.numberOf(job))));
  const seats = reckonings.flatMap((reckoning) => reckoning.seats);
  const pay = seats.reduce((sum, seat) => sum + seat.pay, 0n);
  const fees = seats.reduce((sum, seat) => sum + seat.fees, 0n);
  const due = new Map(
    owners.map(({ address, dataset }) => {
      const own = seats.filter((seat) => seat.dataset === dataset);
      return [address, own.reduce((sum, seat) => sum + seat.pay, 0n)];
    }),
  );
  due.set(buyer, -pay - fees);
  const purses = [
    ...owners.map(({ name, address }) => ({ who: name, address })),
    { who: 'buyer', address: buyer },
  ];
  const { escrow, accessToken, disputes } = view.contracts;
  const [inEscrow = 0n, inTokens = 0n, inDisputes = 0n] = await Promise.all(
    [escrow, accessToken, disputes].map(({ address }) => view.coins(address)),
  );
  return {
    pay: compare(purses, [...held, BUYER_COINS], await weigh(view, purses), due),
    left: {
      escrow: (inEscrow + inTokens).toString(),
      fees: fees.toString(),
      disputes: inDisputes.toString(),
    },
  };
}

export const leftText = ({ escrow, fees, disputes }: Accounts['left']): string =>
  `left in the contracts: ${escrow}, of it ${fees} fees that nobody has collected; in disputes: ${disputes}`;
