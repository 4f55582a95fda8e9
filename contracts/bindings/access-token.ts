/** Generated from contracts/src by scripts/compile-contracts.ts; do not edit. */
import type { TypedAbi } from '../typed-abi.ts';
import type { Address, Bytes32, Hex } from '#protocol/units.ts';

export type Offer = Readonly<{
  dataset: bigint;
  terms: Bytes32;
  price: bigint;
  validUntil: bigint;
  cap: number;
  sold: number;
}>;

/** Arguments of the constructor, in order. */
export type AccessTokenConstructor = readonly [registry_: Address, paymentToken_: Address];

/** Calls that change nothing. */
export type AccessTokenReads = {
  balanceOf(account: Address, id: bigint): bigint;
  balanceOfBatch(accounts: ReadonlyArray<Address>, ids: ReadonlyArray<bigint>): ReadonlyArray<bigint>;
  isApprovedForAll(account: Address, operator: Address): boolean;
  offerOf(tokenId: bigint): Offer;
  paymentToken(): Address;
  registry(): Address;
  supportsInterface(interfaceId: Hex): boolean;
  unitOf(tokenId: bigint): Readonly<{ dataset: bigint; price: bigint; validUntil: bigint }>;
  uri(tokenId: bigint): string;
};

/** Transactions; the result is what a simulation returns. */
export type AccessTokenWrites = {
  buy(tokenId: bigint, amount: bigint): void;
  buyWithPermit(tokenId: bigint, amount: bigint, deadline: bigint, v: number, r: Bytes32, s: Bytes32): void;
  offer(dataset: bigint, terms: Bytes32, price: bigint, validUntil: bigint, cap: number): bigint;
  redeem(tokenId: bigint, amount: bigint): void;
  redeemFrom(
    holder: Address,
    tokenIds: ReadonlyArray<bigint>,
    amounts: ReadonlyArray<bigint>,
    to: Address,
  ): bigint;
  safeBatchTransferFrom(
    from: Address,
    to: Address,
    ids: ReadonlyArray<bigint>,
    values: ReadonlyArray<bigint>,
    data: Hex,
  ): void;
  safeTransferFrom(from: Address, to: Address, id: bigint, value: bigint, data: Hex): void;
  setApprovalForAll(operator: Address, approved: boolean): void;
};

export type AccessTokenEvents = {
  ApprovalForAll: Readonly<{ account: Address; operator: Address; approved: boolean }>;
  OfferMade: Readonly<{
    tokenId: bigint;
    dataset: bigint;
    terms: Bytes32;
    price: bigint;
    validUntil: bigint;
    cap: number;
  }>;
  TransferBatch: Readonly<{
    operator: Address;
    from: Address;
    to: Address;
    ids: ReadonlyArray<bigint>;
    values: ReadonlyArray<bigint>;
  }>;
  TransferSingle: Readonly<{ operator: Address; from: Address; to: Address; id: bigint; value: bigint }>;
  URI: Readonly<{ value: string; id: bigint }>;
  UnitsBought: Readonly<{ tokenId: bigint; buyer: Address; amount: bigint; paid: bigint }>;
  UnitsRedeemed: Readonly<{ holder: Address; to: Address; paid: bigint }>;
};

export const accessToken: TypedAbi<
  AccessTokenReads,
  AccessTokenWrites,
  AccessTokenEvents,
  AccessTokenConstructor
> = {
  name: 'AccessToken',
  abi: [
    'constructor(address registry_, address paymentToken_)',
    'error CapExceeded(uint256 tokenId, uint256 amount, uint256 left)',
    'error DatasetIsRetired(uint256 dataset)',
    'error ERC1155InsufficientBalance(address sender, uint256 balance, uint256 needed, uint256 tokenId)',
    'error ERC1155InvalidApprover(address approver)',
    'error ERC1155InvalidArrayLength(uint256 idsLength, uint256 valuesLength)',
    'error ERC1155InvalidOperator(address operator)',
    'error ERC1155InvalidReceiver(address receiver)',
    'error ERC1155InvalidSender(address sender)',
    'error ERC1155MissingApprovalForAll(address operator, address owner)',
    'error NotDatasetOwner(uint256 dataset, address caller)',
    'error OfferExpired(uint256 tokenId, uint64 validUntil)',
    'error ReentrancyGuardReentrantCall()',
    'error SafeERC20FailedOperation(address token)',
    'error UnknownOffer(uint256 tokenId)',
    'error WrongAmountReceived(uint256 expected, uint256 received)',
    'error ZeroAmount()',
    'error ZeroCap()',
    'error ZeroTerms()',
    'event ApprovalForAll(address indexed account, address indexed operator, bool approved)',
    'event OfferMade(uint256 indexed tokenId, uint256 indexed dataset, bytes32 terms, uint96 price, uint64 validUntil, uint32 cap)',
    'event TransferBatch(address indexed operator, address indexed from, address indexed to, uint256[] ids, uint256[] values)',
    'event TransferSingle(address indexed operator, address indexed from, address indexed to, uint256 id, uint256 value)',
    'event URI(string value, uint256 indexed id)',
    'event UnitsBought(uint256 indexed tokenId, address indexed buyer, uint256 amount, uint256 paid)',
    'event UnitsRedeemed(address indexed holder, address indexed to, uint256 paid)',
    'function balanceOf(address account, uint256 id) view returns (uint256)',
    'function balanceOfBatch(address[] accounts, uint256[] ids) view returns (uint256[])',
    'function buy(uint256 tokenId, uint256 amount)',
    'function buyWithPermit(uint256 tokenId, uint256 amount, uint256 deadline, uint8 v, bytes32 r, bytes32 s)',
    'function isApprovedForAll(address account, address operator) view returns (bool)',
    'function offer(uint256 dataset, bytes32 terms, uint96 price, uint64 validUntil, uint32 cap) returns (uint256 tokenId)',
    'function offerOf(uint256 tokenId) view returns ((uint256 dataset, bytes32 terms, uint96 price, uint64 validUntil, uint32 cap, uint32 sold))',
    'function paymentToken() view returns (address)',
    'function redeem(uint256 tokenId, uint256 amount)',
    'function redeemFrom(address holder, uint256[] tokenIds, uint256[] amounts, address to) returns (uint256 paid)',
    'function registry() view returns (address)',
    'function safeBatchTransferFrom(address from, address to, uint256[] ids, uint256[] values, bytes data)',
    'function safeTransferFrom(address from, address to, uint256 id, uint256 value, bytes data)',
    'function setApprovalForAll(address operator, bool approved)',
    'function supportsInterface(bytes4 interfaceId) view returns (bool)',
    'function unitOf(uint256 tokenId) view returns (uint256 dataset, uint96 price, uint64 validUntil)',
    'function uri(uint256 tokenId) view returns (string)',
  ],
};
