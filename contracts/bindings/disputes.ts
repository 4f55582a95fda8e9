/** Generated from contracts/src by scripts/compile-contracts.ts; do not edit. */
import type { TypedAbi } from '../typed-abi.ts';
import type { Address, Bytes32 } from '#protocol/units.ts';

/** Values of the Solidity enum IDisputes.Status. */
export const Status = { None: 0, Open: 1, Defended: 2, Stood: 3, Voided: 4, Moot: 5 } as const;

export type Dispute = Readonly<{
  status: number;
  job: bigint;
  round: number;
  quorum: boolean;
  deadline: bigint;
  challenger: Address;
  coordinator: Address;
  defender: Address;
  arbiter: Address;
  arbiterFee: bigint;
  bond: bigint;
}>;

export type SettlementRecord = Readonly<{
  previousHead: Bytes32;
  round: number;
  attempt: number;
  manifest: Bytes32;
  payoutRoot: Bytes32;
  total: bigint;
  participants: Bytes32;
  readyAt: bigint;
  quorum: boolean;
}>;

/** Arguments of the constructor, in order. */
export type DisputesConstructor = readonly [
  escrow_: Address,
  paymentToken_: Address,
  defenceWindow_: number,
  judgementWindow_: number,
];

/** Calls that change nothing. */
export type DisputesReads = {
  bondOf(job: bigint): bigint;
  credits(account: Address): bigint;
  defenceWindow(): number;
  disputeOf(head: Bytes32): Dispute;
  escrow(): Address;
  judgementWindow(): number;
  paymentToken(): Address;
};

/** Transactions; the result is what a simulation returns. */
export type DisputesWrites = {
  challenge(job: bigint, record: SettlementRecord, evidence: Bytes32): Bytes32;
  conclude(head: Bytes32): void;
  defend(head: Bytes32, evidence: Bytes32): void;
  fileEvidence(head: Bytes32, evidence: Bytes32): void;
  judge(head: Bytes32, stands: boolean): void;
  withdraw(): void;
};

export type DisputesEvents = {
  BondWithdrawn: Readonly<{ account: Address; amount: bigint }>;
  Challenged: Readonly<{
    head: Bytes32;
    job: bigint;
    round: number;
    challenger: Address;
    coordinator: Address;
    arbiter: Address;
    bond: bigint;
    deadline: bigint;
    evidence: Bytes32;
  }>;
  Concluded: Readonly<{ head: Bytes32; job: bigint; status: number; judged: boolean }>;
  Defended: Readonly<{ head: Bytes32; job: bigint; defender: Address; deadline: bigint; evidence: Bytes32 }>;
  EvidenceFiled: Readonly<{ head: Bytes32; job: bigint; party: Address; evidence: Bytes32 }>;
};

export const disputes: TypedAbi<DisputesReads, DisputesWrites, DisputesEvents, DisputesConstructor> = {
  name: 'Disputes',
  abi: [
    'constructor(address escrow_, address paymentToken_, uint32 defenceWindow_, uint32 judgementWindow_)',
    'error AlreadyDisputed(bytes32 head)',
    'error DeadlineOver(bytes32 head, uint64 deadline)',
    'error DisputeIsMoot(bytes32 head)',
    'error NoBondToWithdraw(address account)',
    'error NoSuchDispute(bytes32 head)',
    'error NotArbiterOf(bytes32 head, address caller)',
    'error NotConcludableBefore(bytes32 head, uint64 deadline)',
    'error NotPartyOf(bytes32 head, address caller)',
    'error ReentrancyGuardReentrantCall()',
    'error SafeERC20FailedOperation(address token)',
    'error WrongBondReceived(uint256 expected, uint256 received)',
    'error WrongStatus(bytes32 head, uint8 status)',
    'error ZeroEvidence()',
    'error ZeroWindow()',
    'event BondWithdrawn(address indexed account, uint256 amount)',
    'event Challenged(bytes32 indexed head, uint256 indexed job, uint32 indexed round, address challenger, address coordinator, address arbiter, uint256 bond, uint64 deadline, bytes32 evidence)',
    'event Concluded(bytes32 indexed head, uint256 indexed job, uint8 status, bool judged)',
    'event Defended(bytes32 indexed head, uint256 indexed job, address indexed defender, uint64 deadline, bytes32 evidence)',
    'event EvidenceFiled(bytes32 indexed head, uint256 indexed job, address indexed party, bytes32 evidence)',
    'function bondOf(uint256 job) view returns (uint256)',
    'function challenge(uint256 job, (bytes32 previousHead, uint32 round, uint32 attempt, bytes32 manifest, bytes32 payoutRoot, uint256 total, bytes32 participants, uint64 readyAt, bool quorum) record, bytes32 evidence) returns (bytes32 head)',
    'function conclude(bytes32 head)',
    'function credits(address account) view returns (uint256)',
    'function defenceWindow() view returns (uint32)',
    'function defend(bytes32 head, bytes32 evidence)',
    'function disputeOf(bytes32 head) view returns ((uint8 status, uint256 job, uint32 round, bool quorum, uint64 deadline, address challenger, address coordinator, address defender, address arbiter, uint256 arbiterFee, uint256 bond))',
    'function escrow() view returns (address)',
    'function fileEvidence(bytes32 head, bytes32 evidence)',
    'function judge(bytes32 head, bool stands)',
    'function judgementWindow() view returns (uint32)',
    'function paymentToken() view returns (address)',
    'function withdraw()',
  ],
};
