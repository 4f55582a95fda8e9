/** Generated from contracts/src by scripts/compile-contracts.ts; do not edit. */
import type { TypedAbi } from '../typed-abi.ts';
import type { Address, Bytes32, Hex } from '#protocol/units.ts';

/** Arguments of the constructor, in order. */
export type AdministrationConstructor = readonly [initialAdmin: Address];

/** Calls that change nothing. */
export type AdministrationReads = {
  ADMIN_ROLE(): bigint;
  PUBLIC_ROLE(): bigint;
  canCall(caller: Address, target: Address, selector: Hex): Readonly<{ immediate: boolean; delay: number }>;
  expiration(): number;
  getAccess(
    roleId: bigint,
    account: Address,
  ): Readonly<{ since: number; currentDelay: number; pendingDelay: number; effect: number }>;
  getNonce(id: Bytes32): number;
  getRoleAdmin(roleId: bigint): bigint;
  getRoleGrantDelay(roleId: bigint): number;
  getRoleGuardian(roleId: bigint): bigint;
  getSchedule(id: Bytes32): number;
  getTargetAdminDelay(target: Address): number;
  getTargetFunctionRole(target: Address, selector: Hex): bigint;
  hasRole(roleId: bigint, account: Address): Readonly<{ isMember: boolean; executionDelay: number }>;
  hashOperation(caller: Address, target: Address, data: Hex): Bytes32;
  isTargetClosed(target: Address): boolean;
  minSetback(): number;
};

/** Transactions; the result is what a simulation returns. */
export type AdministrationWrites = {
  cancel(caller: Address, target: Address, data: Hex): number;
  consumeScheduledOp(caller: Address, data: Hex): void;
  execute(target: Address, data: Hex): number;
  grantRole(roleId: bigint, account: Address, executionDelay: number): void;
  labelRole(roleId: bigint, label: string): void;
  multicall(data: ReadonlyArray<Hex>): ReadonlyArray<Hex>;
  renounceRole(roleId: bigint, callerConfirmation: Address): void;
  revokeRole(roleId: bigint, account: Address): void;
  schedule(target: Address, data: Hex, when: number): Readonly<{ operationId: Bytes32; nonce: number }>;
  setGrantDelay(roleId: bigint, newDelay: number): void;
  setRoleAdmin(roleId: bigint, admin: bigint): void;
  setRoleGuardian(roleId: bigint, guardian: bigint): void;
  setTargetAdminDelay(target: Address, newDelay: number): void;
  setTargetClosed(target: Address, closed: boolean): void;
  setTargetFunctionRole(target: Address, selectors: ReadonlyArray<Hex>, roleId: bigint): void;
  updateAuthority(target: Address, newAuthority: Address): void;
};

export type AdministrationEvents = {
  OperationCanceled: Readonly<{ operationId: Bytes32; nonce: number }>;
  OperationExecuted: Readonly<{ operationId: Bytes32; nonce: number }>;
  OperationScheduled: Readonly<{
    operationId: Bytes32;
    nonce: number;
    schedule: number;
    caller: Address;
    target: Address;
    data: Hex;
  }>;
  RoleAdminChanged: Readonly<{ roleId: bigint; admin: bigint }>;
  RoleGrantDelayChanged: Readonly<{ roleId: bigint; delay: number; since: number }>;
  RoleGranted: Readonly<{
    roleId: bigint;
    account: Address;
    delay: number;
    since: number;
    newMember: boolean;
  }>;
  RoleGuardianChanged: Readonly<{ roleId: bigint; guardian: bigint }>;
  RoleLabel: Readonly<{ roleId: bigint; label: string }>;
  RoleRevoked: Readonly<{ roleId: bigint; account: Address }>;
  TargetAdminDelayUpdated: Readonly<{ target: Address; delay: number; since: number }>;
  TargetClosed: Readonly<{ target: Address; closed: boolean }>;
  TargetFunctionRoleUpdated: Readonly<{ target: Address; selector: Hex; roleId: bigint }>;
};

export const administration: TypedAbi<
  AdministrationReads,
  AdministrationWrites,
  AdministrationEvents,
  AdministrationConstructor
> = {
  name: 'Administration',
  abi: [
    'constructor(address initialAdmin)',
    'error AccessManagerAlreadyScheduled(bytes32 operationId)',
    'error AccessManagerBadConfirmation()',
    'error AccessManagerExpired(bytes32 operationId)',
    'error AccessManagerInvalidInitialAdmin(address initialAdmin)',
    'error AccessManagerLockedFunction(bytes4 selector)',
    'error AccessManagerLockedRole(uint64 roleId)',
    'error AccessManagerNotReady(bytes32 operationId)',
    'error AccessManagerNotScheduled(bytes32 operationId)',
    'error AccessManagerUnauthorizedAccount(address msgsender, uint64 roleId)',
    'error AccessManagerUnauthorizedCall(address caller, address target, bytes4 selector)',
    'error AccessManagerUnauthorizedCancel(address msgsender, address caller, address target, bytes4 selector)',
    'error AccessManagerUnauthorizedConsume(address target)',
    'error AddressEmptyCode(address target)',
    'error FailedCall()',
    'error InsufficientBalance(uint256 balance, uint256 needed)',
    'error SafeCastOverflowedUintDowncast(uint8 bits, uint256 value)',
    'event OperationCanceled(bytes32 indexed operationId, uint32 indexed nonce)',
    'event OperationExecuted(bytes32 indexed operationId, uint32 indexed nonce)',
    'event OperationScheduled(bytes32 indexed operationId, uint32 indexed nonce, uint48 schedule, address caller, address target, bytes data)',
    'event RoleAdminChanged(uint64 indexed roleId, uint64 indexed admin)',
    'event RoleGrantDelayChanged(uint64 indexed roleId, uint32 delay, uint48 since)',
    'event RoleGranted(uint64 indexed roleId, address indexed account, uint32 delay, uint48 since, bool newMember)',
    'event RoleGuardianChanged(uint64 indexed roleId, uint64 indexed guardian)',
    'event RoleLabel(uint64 indexed roleId, string label)',
    'event RoleRevoked(uint64 indexed roleId, address indexed account)',
    'event TargetAdminDelayUpdated(address indexed target, uint32 delay, uint48 since)',
    'event TargetClosed(address indexed target, bool closed)',
    'event TargetFunctionRoleUpdated(address indexed target, bytes4 selector, uint64 indexed roleId)',
    'function ADMIN_ROLE() view returns (uint64)',
    'function PUBLIC_ROLE() view returns (uint64)',
    'function canCall(address caller, address target, bytes4 selector) view returns (bool immediate, uint32 delay)',
    'function cancel(address caller, address target, bytes data) returns (uint32)',
    'function consumeScheduledOp(address caller, bytes data)',
    'function execute(address target, bytes data) payable returns (uint32)',
    'function expiration() view returns (uint32)',
    'function getAccess(uint64 roleId, address account) view returns (uint48 since, uint32 currentDelay, uint32 pendingDelay, uint48 effect)',
    'function getNonce(bytes32 id) view returns (uint32)',
    'function getRoleAdmin(uint64 roleId) view returns (uint64)',
    'function getRoleGrantDelay(uint64 roleId) view returns (uint32)',
    'function getRoleGuardian(uint64 roleId) view returns (uint64)',
    'function getSchedule(bytes32 id) view returns (uint48)',
    'function getTargetAdminDelay(address target) view returns (uint32)',
    'function getTargetFunctionRole(address target, bytes4 selector) view returns (uint64)',
    'function grantRole(uint64 roleId, address account, uint32 executionDelay)',
    'function hasRole(uint64 roleId, address account) view returns (bool isMember, uint32 executionDelay)',
    'function hashOperation(address caller, address target, bytes data) view returns (bytes32)',
    'function isTargetClosed(address target) view returns (bool)',
    'function labelRole(uint64 roleId, string label)',
    'function minSetback() view returns (uint32)',
    'function multicall(bytes[] data) returns (bytes[] results)',
    'function renounceRole(uint64 roleId, address callerConfirmation)',
    'function revokeRole(uint64 roleId, address account)',
    'function schedule(address target, bytes data, uint48 when) returns (bytes32 operationId, uint32 nonce)',
    'function setGrantDelay(uint64 roleId, uint32 newDelay)',
    'function setRoleAdmin(uint64 roleId, uint64 admin)',
    'function setRoleGuardian(uint64 roleId, uint64 guardian)',
    'function setTargetAdminDelay(address target, uint32 newDelay)',
    'function setTargetClosed(address target, bool closed)',
    'function setTargetFunctionRole(address target, bytes4[] selectors, uint64 roleId)',
    'function updateAuthority(address target, address newAuthority)',
  ],
};
