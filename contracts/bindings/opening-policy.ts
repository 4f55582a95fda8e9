/** Generated from contracts/src by scripts/compile-contracts.ts; do not edit. */
import type { TypedAbi } from '../typed-abi.ts';
import type { Address, Bytes32, Hex } from '#protocol/units.ts';

export type Opening = Readonly<{
  terms: Bytes32;
  coordinator: Address;
  rounds: number;
  roundTimeout: number;
  cutoff: bigint;
  shortWindow: number;
  longWindow: number;
  bonusPool: bigint;
  arbiter: Address;
  arbiterFee: bigint;
  fee: number;
}>;

export type Floors = Readonly<{ minRoundTimeout: number; minShortWindow: number; minLongWindow: number }>;

/** Arguments of the constructor, in order. */
export type OpeningPolicyConstructor = readonly [authority: Address, floors: Floors];

/** Calls that change nothing. */
export type OpeningPolicyReads = {
  MAX_FEE(): number;
  admit(opening: Opening): void;
  arbiterOf(arbiter: Address): Readonly<{ listed: boolean; arbiterFee: bigint }>;
  authority(): Address;
  fee(): number;
  isConsumingScheduledOp(): Hex;
  minLongWindow(): number;
  minRoundTimeout(): number;
  minShortWindow(): number;
  paused(): boolean;
};

/** Transactions; the result is what a simulation returns. */
export type OpeningPolicyWrites = {
  listArbiter(arbiter: Address, arbiterFee: bigint): void;
  removeArbiter(arbiter: Address): void;
  setAuthority(newAuthority: Address): void;
  setFee(fee_: number): void;
  setPaused(paused_: boolean): void;
};

export type OpeningPolicyEvents = {
  ArbiterListed: Readonly<{ arbiter: Address; arbiterFee: bigint }>;
  ArbiterRemoved: Readonly<{ arbiter: Address }>;
  AuthorityUpdated: Readonly<{ authority: Address }>;
  FeeSet: Readonly<{ fee: number }>;
  OpeningPaused: Readonly<{ paused: boolean }>;
};

export const openingPolicy: TypedAbi<
  OpeningPolicyReads,
  OpeningPolicyWrites,
  OpeningPolicyEvents,
  OpeningPolicyConstructor
> = {
  name: 'OpeningPolicy',
  abi: [
    'constructor(address authority, (uint32 minRoundTimeout, uint32 minShortWindow, uint32 minLongWindow) floors)',
    'error AccessManagedInvalidAuthority(address authority)',
    'error AccessManagedRequiredDelay(address caller, uint32 delay)',
    'error AccessManagedUnauthorized(address caller)',
    'error ArbiterFeeDiffers(uint80 agreed, uint80 asked)',
    'error ArbiterNotListed(address arbiter)',
    'error CutoffOutOfRange(uint64 cutoff, uint256 min, uint256 max)',
    'error FeeAboveCap(uint16 fee, uint16 cap)',
    'error FeeDiffers(uint16 agreed, uint16 asked)',
    'error LongWindowOutOfRange(uint32 longWindow, uint32 min, uint32 max)',
    'error OpeningIsPaused()',
    'error RoundTimeoutTooShort(uint32 roundTimeout, uint32 min)',
    'error RoundsOutOfRange(uint32 rounds, uint32 max)',
    'error ShortWindowTooShort(uint32 shortWindow, uint32 min)',
    'error ZeroArbiter()',
    'error ZeroCoordinator()',
    'error ZeroTerms()',
    'event ArbiterListed(address indexed arbiter, uint80 arbiterFee)',
    'event ArbiterRemoved(address indexed arbiter)',
    'event AuthorityUpdated(address authority)',
    'event FeeSet(uint16 fee)',
    'event OpeningPaused(bool paused)',
    'function MAX_FEE() view returns (uint16)',
    'function admit((bytes32 terms, address coordinator, uint32 rounds, uint32 roundTimeout, uint64 cutoff, uint32 shortWindow, uint32 longWindow, uint96 bonusPool, address arbiter, uint80 arbiterFee, uint16 fee) opening) view',
    'function arbiterOf(address arbiter) view returns (bool listed, uint80 arbiterFee)',
    'function authority() view returns (address)',
    'function fee() view returns (uint16)',
    'function isConsumingScheduledOp() view returns (bytes4)',
    'function listArbiter(address arbiter, uint80 arbiterFee)',
    'function minLongWindow() view returns (uint32)',
    'function minRoundTimeout() view returns (uint32)',
    'function minShortWindow() view returns (uint32)',
    'function paused() view returns (bool)',
    'function removeArbiter(address arbiter)',
    'function setAuthority(address newAuthority)',
    'function setFee(uint16 fee_)',
    'function setPaused(bool paused_)',
  ],
};
