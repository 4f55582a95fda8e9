/** Listings without a chain, for tests of choice and design. */
import type { Listing } from '#buyer/catalogue.ts';
import type { Column, ColumnLabel } from '#datasets/columns.ts';
import { makePolicy, type WrittenPolicy } from '#datasets/policy.ts';
import { toAddress, toDecimal, type Address } from '#protocol/units.ts';
import { digestOfText } from '#test/support/cohort.ts';

/** The owner of dataset n, unless told otherwise. */
export const ownerOf = (n: number): Address => toAddress(`0x${n.toString(16).padStart(40, '0')}`);
export const coordinator = ownerOf(0xc0);

export const number = (name: string, minimum: number | null = 0, maximum: number | null = 10): Column => ({
  type: 'number',
  name,
  minimum: minimum === null ? null : toDecimal(minimum),
  maximum: maximum === null ? null : toDecimal(maximum),
  missing: false,
});
export const classes = (name: string, ...names: string[]): ColumnLabel => ({
  type: 'class',
  name,
  classes: names,
});

export type Change = Readonly<{
  owner?: Address;
  columns?: readonly Column[];
  label?: ColumnLabel;
  left?: number;
  policy?: Partial<WrittenPolicy>;
}>;

/** @param market how many owners vouch for each other */
export function listing(dataset: number, price: bigint, change: Change = {}, market = 6): Listing {
  const owner = change.owner ?? ownerOf(dataset);
  const peers = Array.from({ length: market }, (_, at) => ownerOf(at + 1)).filter((one) => one !== owner);
  return {
    dataset,
    owner,
    descriptor: {
      name: `dataset ${dataset}`,
      description: 'rows',
      license: 'https://spdx.org/licenses/CC-BY-4.0.html',
      creator: 'someone',
      datePublished: '2026-11-24',
      url: null,
      columns: change.columns ?? [number('a'), number('b')],
      label: change.label ?? classes('y', 'no', 'yes'),
      rowsBucket: 64,
      rowsRoot: digestOfText(`rows ${dataset}`),
      policy: makePolicy({
        peers,
        minimumCohort: 3,
        minimumPrice: 1n,
        maximumRounds: 100,
        layers: ['Dense'],
        coordinators: 'any',
        ...change.policy,
      }),
    },
    offers: [
      {
        dataset,
        token: dataset * 10,
        price,
        left: change.left ?? 1_000,
        validUntil: 2_000_000_000,
        terms: digestOfText('use'),
      },
    ],
  };
}
