/** What a contract's refusal is called in this house, and what to do about it. Arguments follow in the message. */

/** A stable code and a remedy. */
export type Refusal = readonly [code: `escrow/${string}`, remedy: string];

/** By the name of the Solidity error. Every error of contracts/src/interfaces is here; a test sees to it. */
export const refusals: Readonly<Record<string, Refusal>> = {
  AlreadyCommitted: [
    'escrow/already-committed',
    'The attempt has this roster for good; if it is another than yours, go on with a new attempt.',
  ],
  AlreadyDisputed: ['escrow/already-disputed', 'This posting was disputed once; see the outcome.'],
  AlreadySettled: ['escrow/already-settled', 'The round is settled; go on with the next one.'],
  ArbiterFeeDiffers: [
    'escrow/arbiter-fee-differs',
    "Open with the arbiter's present fee, if you agree to it.",
  ],
  ArbiterNotListed: ['escrow/arbiter-not-listed', "Choose one of the deployment's arbiters."],
  AttemptOutOfOrder: [
    'escrow/attempt-out-of-order',
    'Use a number above that of the last committed attempt, from 1.',
  ],
  AttemptStands: [
    'escrow/attempt-stands',
    'Abort the attempt before it first (outcomes: 1 committed, 2 survivors, 3 aborted); one with survivors is finished.',
  ],
  BadApproval: ['escrow/bad-approval', "Get the buyer's signature over exactly this settlement."],
  BadAttestation: [
    'escrow/bad-attestation',
    "Leave out this seat's signature: it is not its operator's over this settlement.",
  ],
  BitmapBeyondSeats: ['escrow/bitmap-beyond-seats', 'Set bits only for seats that the job has.'],
  BitmapLength: ['escrow/bitmap-length', 'Use one bit a seat, rounded up to whole bytes.'],
  CapExceeded: ['escrow/cap-exceeded', 'Buy fewer units or ask the owner for a new offer.'],
  CutoffAlreadyNear: [
    'escrow/cutoff-already-near',
    'Wait: the job ends by itself as soon as a cancellation would.',
  ],
  CutoffOutOfRange: ['escrow/cutoff-out-of-range', 'Choose a cutoff within the range.'],
  DatasetHasNoOperator: [
    'escrow/dataset-has-no-operator',
    "Wait until the dataset's new owner has set an operator key.",
  ],
  DatasetIsRetired: [
    'escrow/dataset-is-retired',
    'Choose another dataset; units bought earlier can be redeemed.',
  ],
  DatasetsOutOfOrder: [
    'escrow/datasets-out-of-order',
    'Add seats in ascending order of dataset, one for each.',
  ],
  DeadlineOver: ['escrow/deadline-over', 'It is too late for this; anyone may conclude the dispute.'],
  DisputeIsMoot: [
    'escrow/dispute-is-moot',
    'An earlier round was voided: conclude the dispute to get the bonds back.',
  ],
  Disputed: [
    'escrow/disputed',
    'Wait until the dispute of this round is over, or claim on an earlier round.',
  ],
  FeeAboveCap: ['escrow/fee-above-cap', 'Set a fee within the cap.'],
  FeeDiffers: ['escrow/fee-differs', 'Open with the present fee, if you agree to it.'],
  LeavesWithoutProofs: ['escrow/leaves-without-proofs', 'Give one proof for each leaf.'],
  LengthsDiffer: ['escrow/lengths-differ', 'Give a number of units for each access token.'],
  LongWindowOutOfRange: ['escrow/long-window-out-of-range', 'Choose a long window within the range.'],
  NoBondToWithdraw: [
    'escrow/no-bond-to-withdraw',
    'No bond has come back to this account yet; conclude its disputes first.',
  ],
  NoParticipants: [
    'escrow/no-participants',
    'A round without participants is not settled; try another attempt.',
  ],
  NoRandomness: [
    'escrow/no-randomness',
    "This chain's blocks bring no randomness: use a complete graph, with at most 100 clients.",
  ],
  NoSeats: ['escrow/no-seats', 'Add seats before activating.'],
  NoSuchDispute: ['escrow/no-such-dispute', "Take the dispute's head from its Challenged event."],
  NoSuchJob: ['escrow/no-such-job', 'Check the number of the job, and the chain and escrow.'],
  NoSuchSeat: ['escrow/no-such-seat', "See the job's seats."],
  NotAbortableBefore: [
    'escrow/not-abortable-before',
    'Wait until this time: until then only the coordinator aborts an attempt.',
  ],
  NotArbiterOf: ['escrow/not-arbiter', 'Use the account of the arbiter that the job was opened with.'],
  NotBuyer: ['escrow/not-buyer', 'Use the account that opened the job.'],
  NotClosableBefore: [
    'escrow/not-closable-before',
    'Wait until the last round is final, or until this time.',
  ],
  NotCommitted: [
    'escrow/not-committed',
    'The attempt is not running; see its outcome: 0 none, 2 survivors, 3 aborted.',
  ],
  NotConcludableBefore: [
    'escrow/not-concludable-before',
    'Wait until this time: until then a side or the arbiter may act.',
  ],
  NotCoordinator: ['escrow/not-coordinator', 'Use the account that the job names as its coordinator.'],
  NotDatasetOwner: ['escrow/not-dataset-owner', 'Use the account that owns the dataset.'],
  NotDisputes: ['escrow/not-disputes', 'Only the disputes contract of the deployment does this.'],
  NotFinalBefore: ['escrow/not-final-before', 'Wait until this time, or claim on an earlier round.'],
  NotInPayouts: ['escrow/not-in-payouts', "Take leaf and proof from this very round's payouts."],
  NotPartyOf: [
    'escrow/not-party',
    'Use the account that opened the dispute, or the one that defends the round.',
  ],
  NotTheAgreedAttempt: [
    'escrow/not-the-agreed-attempt',
    'Settle the attempt whose survivors the chain holds, or abort it and settle a later one.',
  ],
  NotTheLastRound: ['escrow/not-the-last-round', "Use the leaves of the job's last posted round."],
  NotTheSettlement: ['escrow/not-the-settlement', "Take the fields from the round's RoundSettled event."],
  NothingToClaim: ['escrow/nothing-to-claim', 'Everything earned up to this round has been paid.'],
  NothingToCollect: [
    'escrow/nothing-to-collect',
    'The fees of these seats were collected, or nothing was claimed.',
  ],
  NothingToRefund: ['escrow/nothing-to-refund', 'These seats earned or refunded all that they have.'],
  NothingToWithdraw: ['escrow/nothing-to-withdraw', 'There are no credits; close or cancel a job first.'],
  OfferExpired: [
    'escrow/offer-expired',
    'Ask the owner for a new offer; units bought earlier can be redeemed.',
  ],
  OnlyOnALocalChain: ['escrow/only-on-a-local-chain', 'Deploy with a real payment token on this chain.'],
  OpeningIsPaused: [
    'escrow/opening-is-paused',
    'No new jobs are opened at the moment; those that are open go on.',
  ],
  PastCutoff: ['escrow/past-cutoff', 'The job is over; close it.'],
  QuorumExpired: [
    'escrow/quorum-expired',
    'Collect signatures with a later deadline, or settle without a quorum.',
  ],
  QuorumTooSmall: ['escrow/quorum-too-small', 'Collect more attestations, or settle without a quorum.'],
  RosterBehind: ['escrow/roster-behind', 'The round was aggregated once; settle it by the attempt that was.'],
  RoundBeyondJob: ['escrow/round-beyond-job', 'The job has no more rounds; close it.'],
  RoundOutOfOrder: ['escrow/round-out-of-order', 'Settle the expected round first.'],
  RoundTimeoutTooShort: ['escrow/round-timeout-too-short', 'Choose a round timeout of at least the minimum.'],
  RoundsOutOfRange: ['escrow/rounds-out-of-range', 'Choose at least one round and no more than the maximum.'],
  ShortWindowTooShort: ['escrow/short-window-too-short', 'Choose a short window of at least the minimum.'],
  SignaturesLength: ['escrow/signatures-length', 'Give 64 bytes (EIP-2098) for each signing seat.'],
  TooManyAttempts: [
    'escrow/too-many-attempts',
    'No further roster can be committed for this round; go on with a complete graph, or end the job.',
  ],
  TooManySeats: ['escrow/too-many-seats', 'Spread the datasets over several jobs.'],
  TooManyTiers: ['escrow/too-many-tiers', 'Use at most 16 different numbers of units in a job.'],
  UnitsOutOfRange: [
    'escrow/units-out-of-range',
    'Give each seat at least one unit and no more than the rounds.',
  ],
  UnknownOffer: ['escrow/unknown-offer', "See the dataset's offers."],
  WindowOver: ['escrow/window-over', 'The round is final and can no longer be disputed.'],
  WrongAmountReceived: [
    'escrow/wrong-amount-received',
    'The payment token takes a fee or rebases, which is not supported.',
  ],
  WrongBondReceived: [
    'escrow/wrong-bond-received',
    'The payment token takes a fee or rebases, which is not supported.',
  ],
  WrongState: ['escrow/wrong-state', 'See the state of the job: 1 open, 2 active, 3 cancelled, 4 closed.'],
  WrongStatus: [
    'escrow/wrong-status',
    'See the status of the dispute: 1 open, 2 defended, 3 stood, 4 voided, 5 moot.',
  ],
  ZeroAmount: ['escrow/zero-amount', 'Give at least one unit.'],
  ZeroArbiter: ['escrow/zero-arbiter', "Give the arbiter's address."],
  ZeroCap: ['escrow/zero-cap', 'Offer at least one unit.'],
  ZeroCoordinator: ['escrow/zero-coordinator', "Give the coordinator's address."],
  ZeroEvidence: ['escrow/zero-evidence', 'Give the digest of the evidence.'],
  ZeroManifest: ['escrow/zero-manifest', "Give the manifest's digest."],
  ZeroOperator: ['escrow/zero-operator', "Give the operator key's address."],
  ZeroRoster: ['escrow/zero-roster', "Give the roster's root."],
  ZeroSeedOffset: ['escrow/zero-seed-offset', 'Deploy with a seed at least one block after the roster.'],
  ZeroSurvivors: ['escrow/zero-survivors', "Give the survivors' root."],
  ZeroTerms: ['escrow/zero-terms', "Give the terms' digest."],
  ZeroWindow: ['escrow/zero-window', 'Deploy with windows of at least one second.'],
  // From OpenZeppelin's contracts, where a person runs into them.
  AccessManagedUnauthorized: ['escrow/not-authorized', 'Use an account that holds the role for this change.'],
  AccessManagerNotScheduled: [
    'escrow/not-scheduled',
    'Announce the change first, and make it after the delay.',
  ],
  AccessManagerNotReady: ['escrow/not-ready', 'The change was announced; make it once its delay is over.'],
  AccessManagerExpired: [
    'escrow/announcement-expired',
    'Announce the change again: a week after its time it lapses.',
  ],
  ERC1155InsufficientBalance: ['escrow/units-not-owned', 'Buy the units first.'],
  ERC1155MissingApprovalForAll: [
    'escrow/units-not-approved',
    "Approve the escrow for the buyer's access tokens.",
  ],
  ERC20InsufficientAllowance: [
    'escrow/allowance-too-low',
    'Approve the amount for the contract that takes it.',
  ],
  ERC20InsufficientBalance: ['escrow/balance-too-low', 'Fund the account with the payment token.'],
  ERC721NonexistentToken: ['escrow/unknown-dataset', 'See the registered datasets.'],
};

/** An error that the table does not name: a token's own, or a panic. */
export const otherRefusal: Refusal = ['escrow/refused', 'The contract gave no known reason.'];
