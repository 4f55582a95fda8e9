/** Accounts of the story, and what their balances moved by. Base units of the payment token. */
import { table } from '#cli/output.ts';
import type { ChainView } from './chain-view.ts';

export type Purse = Readonly<{ who: string; address: string }>;

/** As decimal strings: what should have come (or gone, below zero), and what did. */
export type Balance = Readonly<{ who: string; expected: string; got: string }>;

export const weigh = (view: ChainView, purses: readonly Pick<Purse, 'address'>[]): Promise<bigint[]> =>
  Promise.all(purses.map(({ address }) => view.coins(address)));

/** @param due by address; nothing for whoever is not named */
export const compare = (
  purses: readonly Purse[],
  before: readonly bigint[],
  after: readonly bigint[],
  due: ReadonlyMap<string, bigint>,
): Balance[] =>
  purses.map(({ who, address }, at) => ({
    who,
    expected: (due.get(address) ?? 0n).toString(),
    got: ((after[at] ?? 0n) - (before[at] ?? 0n)).toString(),
  }));

export const isExact = ({ expected, got }: Balance): boolean => expected === got;

/** A table of what was due and what came. */
export const balancesText = (rows: readonly Balance[]): string =>
  table(
    ['', 'due', 'came', ''],
    rows.map((row) => [row.who, row.expected, row.got, isExact(row) ? 'to the unit' : 'NOT what is due']),
  );
