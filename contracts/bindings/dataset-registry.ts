/** Generated from contracts/src by scripts/compile-contracts.ts; do not edit. */
import type { TypedAbi } from '../typed-abi.ts';
import type { Address, Bytes32, Hex } from '#protocol/units.ts';

/** Arguments of the constructor, in order. */
export type DatasetRegistryConstructor = readonly [];

/** Calls that change nothing. */
export type DatasetRegistryReads = {
  balanceOf(owner: Address): bigint;
  datasetOf(id: bigint): Readonly<{ manifest: Bytes32; operator: Address; retired: boolean }>;
  getApproved(tokenId: bigint): Address;
  isApprovedForAll(owner: Address, operator: Address): boolean;
  name(): string;
  ownerOf(tokenId: bigint): Address;
  standingOf(id: bigint): Readonly<{ operator: Address; retired: boolean }>;
  supportsInterface(interfaceId: Hex): boolean;
  symbol(): string;
  tokenURI(id: bigint): string;
};

/** Transactions; the result is what a simulation returns. */
export type DatasetRegistryWrites = {
  approve(to: Address, tokenId: bigint): void;
  register(manifest: Bytes32, operator: Address): bigint;
  retire(dataset: bigint): void;
  safeTransferFrom(from: Address, to: Address, tokenId: bigint): void;
  setApprovalForAll(operator: Address, approved: boolean): void;
  setOperator(dataset: bigint, operator: Address): void;
  transferFrom(from: Address, to: Address, tokenId: bigint): void;
};

export type DatasetRegistryEvents = {
  Approval: Readonly<{ owner: Address; approved: Address; tokenId: bigint }>;
  ApprovalForAll: Readonly<{ owner: Address; operator: Address; approved: boolean }>;
  DatasetRegistered: Readonly<{ dataset: bigint; owner: Address; manifest: Bytes32; operator: Address }>;
  DatasetRetired: Readonly<{ dataset: bigint }>;
  OperatorSet: Readonly<{ dataset: bigint; operator: Address }>;
  Transfer: Readonly<{ from: Address; to: Address; tokenId: bigint }>;
};

export const datasetRegistry: TypedAbi<
  DatasetRegistryReads,
  DatasetRegistryWrites,
  DatasetRegistryEvents,
  DatasetRegistryConstructor
> = {
  name: 'DatasetRegistry',
  abi: [
    'constructor()',
    'error DatasetIsRetired(uint256 dataset)',
    'error ERC721IncorrectOwner(address sender, uint256 tokenId, address owner)',
    'error ERC721InsufficientApproval(address operator, uint256 tokenId)',
    'error ERC721InvalidApprover(address approver)',
    'error ERC721InvalidOperator(address operator)',
    'error ERC721InvalidOwner(address owner)',
    'error ERC721InvalidReceiver(address receiver)',
    'error ERC721InvalidSender(address sender)',
    'error ERC721NonexistentToken(uint256 tokenId)',
    'error NotDatasetOwner(uint256 dataset, address caller)',
    'error ZeroManifest()',
    'error ZeroOperator()',
    'event Approval(address indexed owner, address indexed approved, uint256 indexed tokenId)',
    'event ApprovalForAll(address indexed owner, address indexed operator, bool approved)',
    'event DatasetRegistered(uint256 indexed dataset, address indexed owner, bytes32 manifest, address operator)',
    'event DatasetRetired(uint256 indexed dataset)',
    'event OperatorSet(uint256 indexed dataset, address operator)',
    'event Transfer(address indexed from, address indexed to, uint256 indexed tokenId)',
    'function approve(address to, uint256 tokenId)',
    'function balanceOf(address owner) view returns (uint256)',
    'function datasetOf(uint256 id) view returns (bytes32 manifest, address operator, bool retired)',
    'function getApproved(uint256 tokenId) view returns (address)',
    'function isApprovedForAll(address owner, address operator) view returns (bool)',
    'function name() view returns (string)',
    'function ownerOf(uint256 tokenId) view returns (address)',
    'function register(bytes32 manifest, address operator) returns (uint256 dataset)',
    'function retire(uint256 dataset)',
    'function safeTransferFrom(address from, address to, uint256 tokenId)',
    'function setApprovalForAll(address operator, bool approved)',
    'function setOperator(uint256 dataset, address operator)',
    'function standingOf(uint256 id) view returns (address operator, bool retired)',
    'function supportsInterface(bytes4 interfaceId) view returns (bool)',
    'function symbol() view returns (string)',
    'function tokenURI(uint256 id) view returns (string)',
    'function transferFrom(address from, address to, uint256 tokenId)',
  ],
};
