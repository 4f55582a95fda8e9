/** Generated from contracts/src by scripts/compile-contracts.ts; do not edit. */
import type { TypedAbi } from '../typed-abi.ts';
import type { Address, Bytes32, Hex } from '#protocol/units.ts';

/** Values of the Solidity enum IAttempts.Outcome. */
export const Outcome = { None: 0, Committed: 1, Survivors: 2, Aborted: 3 } as const;

/** Values of the Solidity enum IJobs.JobState. */
export const JobState = { None: 0, Open: 1, Active: 2, Cancelled: 3, Closed: 4 } as const;

export type AttemptRecord = Readonly<{
  outcome: number;
  roster: Bytes32;
  seedBlock: bigint;
  survivors: Bytes32;
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

export type Job = Readonly<{
  state: number;
  buyer: Address;
  coordinator: Address;
  terms: Bytes32;
  rounds: number;
  posted: number;
  seats: number;
  roundTimeout: number;
  cutoff: bigint;
  shortWindow: number;
  longWindow: number;
  readyAt: bigint;
  frozenFrom: number;
  bonusPool: bigint;
  arbiter: Address;
  arbiterFee: bigint;
  fee: number;
}>;

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

export type Leaf = Readonly<{ seat: number; units: number; bonus: bigint }>;

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

export type Settlement = Readonly<{
  round: number;
  attempt: number;
  manifest: Bytes32;
  payoutRoot: Bytes32;
  total: bigint;
  participants: Hex;
}>;

export type Quorum = Readonly<{ signers: Hex; signatures: Hex; buyerSignature: Hex; deadline: bigint }>;

/** Arguments of the constructor, in order. */
export type TrainingEscrowConstructor = readonly [
  accessToken_: Address,
  policy_: Address,
  disputes_: Address,
  feeRecipient_: Address,
  seedOffset_: number,
];

/** Calls that change nothing. */
export type TrainingEscrowReads = {
  accessToken(): Address;
  attemptOf(job: bigint, round: number, attempt: number): AttemptRecord;
  credits(account: Address): bigint;
  disputes(): Address;
  eip712Domain(): Readonly<{
    fields: Hex;
    name: string;
    version: string;
    chainId: bigint;
    verifyingContract: Address;
    salt: Bytes32;
    extensions: ReadonlyArray<bigint>;
  }>;
  feeRecipient(): Address;
  headOf(job: bigint, round: number): Bytes32;
  isFinal(job: bigint, record: SettlementRecord): boolean;
  jobOf(id: bigint): Job;
  paymentToken(): Address;
  policy(): Address;
  registry(): Address;
  seatOf(job: bigint, index: number): Seat;
  seedOffset(): number;
  stakesOf(job: bigint): Readonly<{ arbiterFee: bigint; roundValue: bigint }>;
};

/** Transactions; the result is what a simulation returns. */
export type TrainingEscrowWrites = {
  abortAttempt(job: bigint, round: number, attempt: number): void;
  activate(job: bigint): void;
  addSeats(job: bigint, tokenIds: ReadonlyArray<bigint>, units: ReadonlyArray<number>): void;
  cancel(job: bigint): void;
  claim(job: bigint, record: SettlementRecord, leaf: Leaf, proof: ReadonlyArray<Bytes32>, to: Address): void;
  claimFor(job: bigint, record: SettlementRecord, leaf: Leaf, proof: ReadonlyArray<Bytes32>): void;
  close(job: bigint): void;
  collectFees(job: bigint, seats: ReadonlyArray<number>): void;
  commitRoster(job: bigint, round: number, attempt: number, roster: Bytes32): void;
  fixSurvivors(job: bigint, round: number, attempt: number, survivors: Bytes32): void;
  freeze(
    job: bigint,
    record: SettlementRecord,
  ): Readonly<{ coordinator: Address; arbiter: Address; arbiterFee: bigint; roundValue: bigint }>;
  open(opening: Opening): bigint;
  refundSeats(
    job: bigint,
    record: SettlementRecord,
    leaves: ReadonlyArray<Leaf>,
    proofs: ReadonlyArray<ReadonlyArray<Bytes32>>,
  ): void;
  rotateOperator(job: bigint, index: number): void;
  settle(job: bigint, settlement: Settlement, quorum: Quorum): void;
  uphold(job: bigint, round: number): void;
  void(job: bigint, round: number): void;
  withdraw(): void;
};

export type TrainingEscrowEvents = {
  AttemptAborted: Readonly<{ job: bigint; round: number; attempt: number; by: Address }>;
  BonusRefunded: Readonly<{ job: bigint; amount: bigint }>;
  Claimed: Readonly<{
    job: bigint;
    seat: number;
    owner: Address;
    round: number;
    units: number;
    bonus: bigint;
    amount: bigint;
  }>;
  CutoffMoved: Readonly<{ job: bigint; cutoff: bigint }>;
  EIP712DomainChanged: Readonly<Record<string, never>>;
  FeesCollected: Readonly<{ job: bigint; amount: bigint }>;
  JobActivated: Readonly<{ job: bigint; seats: number }>;
  JobCancelled: Readonly<{ job: bigint; credited: bigint }>;
  JobClosed: Readonly<{ job: bigint; posted: number; credited: bigint }>;
  JobOpened: Readonly<{ job: bigint; buyer: Address; coordinator: Address; opening: Opening }>;
  RosterCommitted: Readonly<{
    job: bigint;
    round: number;
    attempt: number;
    roster: Bytes32;
    seedBlock: bigint;
  }>;
  RoundFrozen: Readonly<{ job: bigint; round: number }>;
  RoundSettled: Readonly<{
    job: bigint;
    round: number;
    attempt: number;
    head: Bytes32;
    manifest: Bytes32;
    payoutRoot: Bytes32;
    total: bigint;
    participants: Hex;
    readyAt: bigint;
    signers: Hex;
  }>;
  RoundUpheld: Readonly<{ job: bigint; round: number }>;
  RoundsVoided: Readonly<{ job: bigint; round: number; last: number; credited: bigint }>;
  SeatAdded: Readonly<{
    job: bigint;
    dataset: bigint;
    seat: number;
    operator: Address;
    tokenId: bigint;
    price: bigint;
    units: number;
  }>;
  SeatOperatorRotated: Readonly<{ job: bigint; seat: number; operator: Address }>;
  SeatRefunded: Readonly<{ job: bigint; seat: number; units: number; amount: bigint }>;
  SurvivorsFixed: Readonly<{ job: bigint; round: number; attempt: number; survivors: Bytes32 }>;
  Withdrawn: Readonly<{ account: Address; amount: bigint }>;
};

export const trainingEscrow: TypedAbi<
  TrainingEscrowReads,
  TrainingEscrowWrites,
  TrainingEscrowEvents,
  TrainingEscrowConstructor
> = {
  name: 'TrainingEscrow',
  abi: [
    'constructor(address accessToken_, address policy_, address disputes_, address feeRecipient_, uint32 seedOffset_)',
    'error AlreadyCommitted(uint256 job, uint32 round, uint32 attempt, bytes32 roster)',
    'error AlreadySettled(uint256 job, uint32 round, bytes32 head)',
    'error AttemptOutOfOrder(uint256 job, uint32 round, uint32 attempt, uint32 previous)',
    'error AttemptStands(uint256 job, uint32 round, uint32 attempt, uint8 outcome)',
    'error BadApproval(uint256 job, address buyer)',
    'error BadAttestation(uint256 job, uint256 seat)',
    'error BitmapBeyondSeats(uint256 seats)',
    'error BitmapLength(uint256 length, uint256 expected)',
    'error CutoffAlreadyNear(uint256 job, uint64 cutoff)',
    'error DatasetHasNoOperator(uint256 dataset)',
    'error DatasetIsRetired(uint256 dataset)',
    'error DatasetsOutOfOrder(uint256 job, uint256 dataset, uint256 previous)',
    'error Disputed(uint256 job, uint32 round)',
    'error InvalidShortString()',
    'error LeavesWithoutProofs(uint256 leaves, uint256 proofs)',
    'error LengthsDiffer(uint256 tokenIds, uint256 units)',
    'error NoParticipants()',
    'error NoRandomness(uint256 prevrandao)',
    'error NoSeats(uint256 job)',
    'error NoSuchJob(uint256 job)',
    'error NoSuchSeat(uint256 job, uint256 seat)',
    'error NotAbortableBefore(uint256 job, uint256 time)',
    'error NotBuyer(uint256 job, address caller)',
    'error NotClosableBefore(uint256 job, uint256 time)',
    'error NotCommitted(uint256 job, uint32 round, uint32 attempt, uint8 outcome)',
    'error NotCoordinator(uint256 job, address caller)',
    'error NotDatasetOwner(uint256 dataset, address caller)',
    'error NotDisputes(address caller)',
    'error NotFinalBefore(uint256 job, uint32 round, uint64 readyAt)',
    'error NotInPayouts(uint256 job, uint32 seat)',
    'error NotTheAgreedAttempt(uint256 job, uint32 round, uint32 attempt, uint32 committed, uint8 outcome)',
    'error NotTheLastRound(uint256 job, uint32 round, uint32 last)',
    'error NotTheSettlement(uint256 job, uint32 round)',
    'error NothingToClaim(uint256 job, uint32 seat)',
    'error NothingToCollect(uint256 job)',
    'error NothingToRefund(uint256 job)',
    'error NothingToWithdraw(address account)',
    'error OfferExpired(uint256 tokenId, uint64 validUntil)',
    'error PastCutoff(uint256 job, uint64 cutoff)',
    'error QuorumExpired(uint64 deadline)',
    'error QuorumTooSmall(uint256 signers, uint256 seats, uint256 signingParticipants, uint256 participants)',
    'error ReentrancyGuardReentrantCall()',
    'error RosterBehind(uint256 job, uint32 round, uint32 last)',
    'error RoundBeyondJob(uint256 job, uint32 round, uint32 rounds)',
    'error RoundOutOfOrder(uint256 job, uint32 round, uint32 expected)',
    'error SafeERC20FailedOperation(address token)',
    'error SignaturesLength(uint256 length, uint256 expected)',
    'error StringTooLong(string str)',
    'error TooManyAttempts(uint256 job, uint32 round, uint256 max)',
    'error TooManySeats(uint256 job, uint256 seats, uint256 max)',
    'error TooManyTiers(uint256 job, uint32 units)',
    'error UnitsOutOfRange(uint256 tokenId, uint32 units, uint32 max)',
    'error WindowOver(uint256 job, uint32 round, uint64 readyAt)',
    'error WrongAmountReceived(uint256 expected, uint256 received)',
    'error WrongState(uint256 job, uint8 state)',
    'error ZeroManifest()',
    'error ZeroRoster()',
    'error ZeroSeedOffset()',
    'error ZeroSurvivors()',
    'event AttemptAborted(uint256 indexed job, uint32 indexed round, uint32 attempt, address by)',
    'event BonusRefunded(uint256 indexed job, uint256 amount)',
    'event Claimed(uint256 indexed job, uint32 indexed seat, address indexed owner, uint32 round, uint32 units, uint96 bonus, uint256 amount)',
    'event CutoffMoved(uint256 indexed job, uint64 cutoff)',
    'event EIP712DomainChanged()',
    'event FeesCollected(uint256 indexed job, uint256 amount)',
    'event JobActivated(uint256 indexed job, uint32 seats)',
    'event JobCancelled(uint256 indexed job, uint256 credited)',
    'event JobClosed(uint256 indexed job, uint32 posted, uint256 credited)',
    'event JobOpened(uint256 indexed job, address indexed buyer, address indexed coordinator, (bytes32 terms, address coordinator, uint32 rounds, uint32 roundTimeout, uint64 cutoff, uint32 shortWindow, uint32 longWindow, uint96 bonusPool, address arbiter, uint80 arbiterFee, uint16 fee) opening)',
    'event RosterCommitted(uint256 indexed job, uint32 indexed round, uint32 attempt, bytes32 roster, uint64 seedBlock)',
    'event RoundFrozen(uint256 indexed job, uint32 indexed round)',
    'event RoundSettled(uint256 indexed job, uint32 indexed round, uint32 attempt, bytes32 head, bytes32 manifest, bytes32 payoutRoot, uint256 total, bytes participants, uint64 readyAt, bytes signers)',
    'event RoundUpheld(uint256 indexed job, uint32 indexed round)',
    'event RoundsVoided(uint256 indexed job, uint32 indexed round, uint32 last, uint256 credited)',
    'event SeatAdded(uint256 indexed job, uint256 indexed dataset, uint32 seat, address operator, uint256 tokenId, uint96 price, uint32 units)',
    'event SeatOperatorRotated(uint256 indexed job, uint32 indexed seat, address operator)',
    'event SeatRefunded(uint256 indexed job, uint32 indexed seat, uint32 units, uint256 amount)',
    'event SurvivorsFixed(uint256 indexed job, uint32 indexed round, uint32 attempt, bytes32 survivors)',
    'event Withdrawn(address indexed account, uint256 amount)',
    'function abortAttempt(uint256 job, uint32 round, uint32 attempt)',
    'function accessToken() view returns (address)',
    'function activate(uint256 job)',
    'function addSeats(uint256 job, uint256[] tokenIds, uint32[] units)',
    'function attemptOf(uint256 job, uint32 round, uint32 attempt) view returns ((uint8 outcome, bytes32 roster, uint64 seedBlock, bytes32 survivors))',
    'function cancel(uint256 job)',
    'function claim(uint256 job, (bytes32 previousHead, uint32 round, uint32 attempt, bytes32 manifest, bytes32 payoutRoot, uint256 total, bytes32 participants, uint64 readyAt, bool quorum) record, (uint32 seat, uint32 units, uint96 bonus) leaf, bytes32[] proof, address to)',
    'function claimFor(uint256 job, (bytes32 previousHead, uint32 round, uint32 attempt, bytes32 manifest, bytes32 payoutRoot, uint256 total, bytes32 participants, uint64 readyAt, bool quorum) record, (uint32 seat, uint32 units, uint96 bonus) leaf, bytes32[] proof)',
    'function close(uint256 job)',
    'function collectFees(uint256 job, uint32[] seats)',
    'function commitRoster(uint256 job, uint32 round, uint32 attempt, bytes32 roster)',
    'function credits(address account) view returns (uint256)',
    'function disputes() view returns (address)',
    'function eip712Domain() view returns (bytes1 fields, string name, string version, uint256 chainId, address verifyingContract, bytes32 salt, uint256[] extensions)',
    'function feeRecipient() view returns (address)',
    'function fixSurvivors(uint256 job, uint32 round, uint32 attempt, bytes32 survivors)',
    'function freeze(uint256 job, (bytes32 previousHead, uint32 round, uint32 attempt, bytes32 manifest, bytes32 payoutRoot, uint256 total, bytes32 participants, uint64 readyAt, bool quorum) record) returns (address coordinator, address arbiter, uint256 arbiterFee, uint256 roundValue)',
    'function headOf(uint256 job, uint32 round) view returns (bytes32)',
    'function isFinal(uint256 job, (bytes32 previousHead, uint32 round, uint32 attempt, bytes32 manifest, bytes32 payoutRoot, uint256 total, bytes32 participants, uint64 readyAt, bool quorum) record) view returns (bool)',
    'function jobOf(uint256 id) view returns ((uint8 state, address buyer, address coordinator, bytes32 terms, uint32 rounds, uint32 posted, uint32 seats, uint32 roundTimeout, uint64 cutoff, uint32 shortWindow, uint32 longWindow, uint64 readyAt, uint32 frozenFrom, uint96 bonusPool, address arbiter, uint80 arbiterFee, uint16 fee))',
    'function open((bytes32 terms, address coordinator, uint32 rounds, uint32 roundTimeout, uint64 cutoff, uint32 shortWindow, uint32 longWindow, uint96 bonusPool, address arbiter, uint80 arbiterFee, uint16 fee) opening) returns (uint256 job)',
    'function paymentToken() view returns (address)',
    'function policy() view returns (address)',
    'function refundSeats(uint256 job, (bytes32 previousHead, uint32 round, uint32 attempt, bytes32 manifest, bytes32 payoutRoot, uint256 total, bytes32 participants, uint64 readyAt, bool quorum) record, (uint32 seat, uint32 units, uint96 bonus)[] leaves, bytes32[][] proofs)',
    'function registry() view returns (address)',
    'function rotateOperator(uint256 job, uint32 index)',
    'function seatOf(uint256 job, uint32 index) view returns ((uint256 dataset, address operator, uint256 tokenId, uint96 price, uint32 units, uint32 claimedUnits, uint32 refundedUnits, uint32 collectedUnits, uint96 claimedBonus))',
    'function seedOffset() view returns (uint32)',
    'function settle(uint256 job, (uint32 round, uint32 attempt, bytes32 manifest, bytes32 payoutRoot, uint256 total, bytes participants) settlement, (bytes signers, bytes signatures, bytes buyerSignature, uint64 deadline) quorum)',
    'function stakesOf(uint256 job) view returns (uint256 arbiterFee, uint256 roundValue)',
    'function uphold(uint256 job, uint32 round)',
    'function void(uint256 job, uint32 round)',
    'function withdraw()',
  ],
};
