/** Generated from contracts/src by scripts/compile-contracts.ts; do not edit. */
import type { TypedAbi } from '../typed-abi.ts';
import type { Address } from '#protocol/units.ts';

export type Seat = Readonly<{
  dataset: bigint;
  operator: Address;
  tokenId: bigint;
  price: bigint;
  units: number;
  claimedUnits: number;
  refundedUnits: number;
  collectedUnits: number;
  claimedBonus: bigint;
}>;

/** Arguments of the constructor, in order. */
export type SeatReaderConstructor = readonly [escrow_: Address];

/** Calls that change nothing. */
export type SeatReaderReads = {
  escrow(): Address;
  registry(): Address;
  seatsOf(
    job: bigint,
    first: number,
    count: number,
  ): Readonly<{ seats: ReadonlyArray<Seat>; owners: ReadonlyArray<Address> }>;
};

/** Transactions; the result is what a simulation returns. */
export type SeatReaderWrites = {};

export type SeatReaderEvents = {};

export const seatReader: TypedAbi<
  SeatReaderReads,
  SeatReaderWrites,
  SeatReaderEvents,
  SeatReaderConstructor
> = {
  name: 'SeatReader',
  abi: [
    'constructor(address escrow_)',
    'function escrow() view returns (address)',
    'function registry() view returns (address)',
    'function seatsOf(uint256 job, uint32 first, uint32 count) view returns ((uint256 dataset, address operator, uint256 tokenId, uint96 price, uint32 units, uint32 claimedUnits, uint32 refundedUnits, uint32 collectedUnits, uint96 claimedBonus)[] seats, address[] owners)',
  ],
};
