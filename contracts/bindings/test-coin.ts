/** Generated from contracts/src by scripts/compile-contracts.ts; do not edit. */
import type { TypedAbi } from '../typed-abi.ts';
import type { Address, Bytes32, Hex } from '#protocol/units.ts';

/** Arguments of the constructor, in order. */
export type TestCoinConstructor = readonly [];

/** Calls that change nothing. */
export type TestCoinReads = {
  DOMAIN_SEPARATOR(): Bytes32;
  allowance(owner: Address, spender: Address): bigint;
  balanceOf(account: Address): bigint;
  decimals(): number;
  eip712Domain(): Readonly<{
    fields: Hex;
    name: string;
    version: string;
    chainId: bigint;
    verifyingContract: Address;
    salt: Bytes32;
    extensions: ReadonlyArray<bigint>;
  }>;
  name(): string;
  nonces(owner: Address): bigint;
  symbol(): string;
  totalSupply(): bigint;
};

/** Transactions; the result is what a simulation returns. */
export type TestCoinWrites = {
  approve(spender: Address, value: bigint): boolean;
  mint(to: Address, amount: bigint): void;
  permit(
    owner: Address,
    spender: Address,
    value: bigint,
    deadline: bigint,
    v: number,
    r: Bytes32,
    s: Bytes32,
  ): void;
  transfer(to: Address, value: bigint): boolean;
  transferFrom(from: Address, to: Address, value: bigint): boolean;
};

export type TestCoinEvents = {
  Approval: Readonly<{ owner: Address; spender: Address; value: bigint }>;
  EIP712DomainChanged: Readonly<Record<string, never>>;
  Transfer: Readonly<{ from: Address; to: Address; value: bigint }>;
};

export const testCoin: TypedAbi<TestCoinReads, TestCoinWrites, TestCoinEvents, TestCoinConstructor> = {
  name: 'TestCoin',
  abi: [
    'constructor()',
    'error ECDSAInvalidSignature()',
    'error ECDSAInvalidSignatureLength(uint256 length)',
    'error ECDSAInvalidSignatureS(bytes32 s)',
    'error ERC20InsufficientAllowance(address spender, uint256 allowance, uint256 needed)',
    'error ERC20InsufficientBalance(address sender, uint256 balance, uint256 needed)',
    'error ERC20InvalidApprover(address approver)',
    'error ERC20InvalidReceiver(address receiver)',
    'error ERC20InvalidSender(address sender)',
    'error ERC20InvalidSpender(address spender)',
    'error ERC2612ExpiredSignature(uint256 deadline)',
    'error ERC2612InvalidSigner(address signer, address owner)',
    'error InvalidAccountNonce(address account, uint256 currentNonce)',
    'error InvalidShortString()',
    'error OnlyOnALocalChain(uint256 chainId)',
    'error StringTooLong(string str)',
    'event Approval(address indexed owner, address indexed spender, uint256 value)',
    'event EIP712DomainChanged()',
    'event Transfer(address indexed from, address indexed to, uint256 value)',
    'function DOMAIN_SEPARATOR() view returns (bytes32)',
    'function allowance(address owner, address spender) view returns (uint256)',
    'function approve(address spender, uint256 value) returns (bool)',
    'function balanceOf(address account) view returns (uint256)',
    'function decimals() pure returns (uint8)',
    'function eip712Domain() view returns (bytes1 fields, string name, string version, uint256 chainId, address verifyingContract, bytes32 salt, uint256[] extensions)',
    'function mint(address to, uint256 amount)',
    'function name() view returns (string)',
    'function nonces(address owner) view returns (uint256)',
    'function permit(address owner, address spender, uint256 value, uint256 deadline, uint8 v, bytes32 r, bytes32 s)',
    'function symbol() view returns (string)',
    'function totalSupply() view returns (uint256)',
    'function transfer(address to, uint256 value) returns (bool)',
    'function transferFrom(address from, address to, uint256 value) returns (bool)',
  ],
};
