/** Typed faces of the contracts that only tests deploy. Sources: test/contracts/solidity. */
import type { TypedAbi } from '#contracts/typed-abi.ts';
import type { Address, Bytes32, Hex } from '#protocol/units.ts';

type HostileTokenWrites = {
  mint(to: Address, amount: bigint): void;
  approve(spender: Address, amount: bigint): boolean;
  setFee(percent: bigint): void;
  setBlocked(recipient: Address, value: boolean): void;
  setRefusesQuietly(value: boolean): void;
  setCallback(target: Address, callback: Hex): void;
};

export const hostileToken: TypedAbi<
  Record<string, never>,
  HostileTokenWrites,
  Record<string, never>,
  readonly []
> = {
  name: 'HostileToken',
  abi: [
    'function mint(address to, uint256 amount)',
    'function approve(address spender, uint256 amount) returns (bool)',
    'function setFee(uint256 percent)',
    'function setBlocked(address recipient, bool value)',
    'function setRefusesQuietly(bool value)',
    'function setCallback(address target, bytes callback)',
  ],
};

type ContractWalletWrites = { execute(target: Address, data: Hex): Hex };

export const contractWallet: TypedAbi<
  Record<string, never>,
  ContractWalletWrites,
  Record<string, never>,
  readonly [owner: Address]
> = {
  name: 'ContractWallet',
  abi: ['constructor(address owner)', 'function execute(address target, bytes data) returns (bytes)'],
};

type BulkOwnerWrites = {
  list(token: Address, operators: readonly Address[], price: bigint, units: number, to: Address): void;
};

export const bulkOwner: TypedAbi<
  Record<string, never>,
  BulkOwnerWrites,
  Record<string, never>,
  readonly []
> = {
  name: 'BulkOwner',
  abi: ['function list(address token, address[] operators, uint96 price, uint32 units, address to)'],
};

type PushPaymentsWrites = { pay(round: bigint, digest: Bytes32): void };

export const pushPayments: TypedAbi<
  Record<string, never>,
  PushPaymentsWrites,
  Record<string, never>,
  readonly [token: Address, registry: Address, datasets: readonly bigint[], price: bigint]
> = {
  name: 'PushPayments',
  abi: [
    'constructor(address token, address registry, uint256[] datasets, uint96 price)',
    'function pay(uint256 round, bytes32 digest)',
  ],
};

type HostileOwnerWrites = {
  list(token: Address, operator: Address, price: bigint, cap: number): bigint;
};

export const hostileOwner: TypedAbi<
  Record<string, never>,
  HostileOwnerWrites,
  Record<string, never>,
  readonly [burns: boolean]
> = {
  name: 'HostileOwner',
  abi: [
    'constructor(bool burns)',
    'function list(address token, address operator, uint96 price, uint32 cap) returns (uint256)',
  ],
};

type CallableBitmapsReads = {
  has(bitmap: Hex, index: bigint): boolean;
  exceeds(bitmap: Hex, size: bigint): boolean;
  count(bitmap: Hex): bigint;
  countBoth(a: Hex, b: Hex): bigint;
};

export const callableBitmaps: TypedAbi<
  CallableBitmapsReads,
  Record<string, never>,
  Record<string, never>,
  readonly []
> = {
  name: 'CallableBitmaps',
  abi: [
    'function has(bytes bitmap, uint256 index) pure returns (bool)',
    'function exceeds(bytes bitmap, uint256 size) pure returns (bool)',
    'function count(bytes bitmap) pure returns (uint256)',
    'function countBoth(bytes a, bytes b) pure returns (uint256)',
  ],
};
