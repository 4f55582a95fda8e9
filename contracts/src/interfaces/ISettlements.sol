// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title Settlement of rounds: no lineage, no money. protocol.md §5.3
interface ISettlements {
    /// @param attempt      the try that succeeded, from 1
    /// @param manifest     SHA-256 of the round's manifest block
    /// @param payoutRoot   root of the cumulative payout leaves. protocol.md §5.2
    /// @param total        what all leaves are worth together, in base units
    /// @param participants bitmap over the job's seats, ⌈seats / 8⌉ bytes; seat s is byte s / 8, bit s % 8
    struct Settlement {
        uint32 round;
        uint32 attempt;
        bytes32 manifest;
        bytes32 payoutRoot;
        uint256 total;
        bytes participants;
    }

    /// @notice Signatures that shorten the window; all empty for none.
    /// @param signers        bitmap of the seats that attest, as long as the participants'
    /// @param signatures     64 bytes a signer (EIP-2098), in ascending order of seat
    /// @param buyerSignature the buyer's over `Approval`, by key or by ERC-1271
    /// @param deadline       last second at which these signatures may be used; part of what is signed
    struct Quorum {
        bytes signers;
        bytes signatures;
        bytes buyerSignature;
        uint64 deadline;
    }

    /// @notice What a round's head commits to, beside the job: the fields that a claim must bring.
    /// @param participants keccak256 of the bitmap
    /// @param quorum       whether it was settled with one: then it stands where the arbiter stays silent
    struct SettlementRecord {
        bytes32 previousHead;
        uint32 round;
        uint32 attempt;
        bytes32 manifest;
        bytes32 payoutRoot;
        uint256 total;
        bytes32 participants;
        uint64 readyAt;
        bool quorum;
    }

    /// @param head         keccak256 over the previous head and every field of this settlement; the only slot written
    /// @param participants bitmap over the job's seats; base pay can be rebuilt from it
    /// @param readyAt      time at which the round is final
    /// @param signers      bitmap of the seats whose attestations were verified; empty: long window
    event RoundSettled(
        uint256 indexed job,
        uint32 indexed round,
        uint32 attempt,
        bytes32 head,
        bytes32 manifest,
        bytes32 payoutRoot,
        uint256 total,
        bytes participants,
        uint64 readyAt,
        bytes signers
    );

    error NotCoordinator(uint256 job, address caller);

    /// @dev To a coordinator that sends again after a lost receipt or a reorganisation, this is success.
    error AlreadySettled(uint256 job, uint32 round, bytes32 head);

    /// @dev The round's number is not the next one of this job.
    error RoundOutOfOrder(uint256 job, uint32 round, uint32 expected);

    error RoundBeyondJob(uint256 job, uint32 round, uint32 rounds);
    error ZeroManifest();

    /// @dev A bitmap over the seats has one bit a seat, rounded up to whole bytes.
    error BitmapLength(uint256 length, uint256 expected);

    /// @dev A bit is set for a seat that the job has not.
    error BitmapBeyondSeats(uint256 seats);

    error NoParticipants();
    error QuorumExpired(uint64 deadline);

    /// @dev 64 bytes for each bit of the signers' bitmap.
    error SignaturesLength(uint256 length, uint256 expected);

    /// @dev Not a valid low-s signature of this seat's operator over this very settlement.
    error BadAttestation(uint256 job, uint256 seat);

    /// @dev More than half of all seats, and two thirds of the participants, must sign.
    error QuorumTooSmall(uint256 signers, uint256 seats, uint256 signingParticipants, uint256 participants);

    error BadApproval(uint256 job, address buyer);

    /// @dev These fields are not the ones that the round was settled with, or it is not settled.
    error NotTheSettlement(uint256 job, uint32 round);

    error NotFinalBefore(uint256 job, uint32 round, uint64 readyAt);

    /// @dev This round is under an open dispute: no later one is final either.
    error Disputed(uint256 job, uint32 round);

    /// @notice Settles the next round; by the job's coordinator, before the cutoff.
    /// @dev Writes one slot. A settlement is final after the short window with a quorum, else after the long one, and
    /// never before an earlier round: what can still void round r must not find round r + 1 already paid.
    /// A quorum that is given but falls short reverts, so that a coordinator learns of it.
    function settle(uint256 job, Settlement calldata settlement, Quorum calldata quorum) external;

    /// @notice keccak256 over the settlement of a round and the head before; zero when it is not settled, or void.
    function headOf(uint256 job, uint32 round) external view returns (bytes32);

    /// @notice Whether this record is the round's settlement, its window has passed and no dispute holds it up.
    function isFinal(uint256 job, SettlementRecord calldata record) external view returns (bool);
}
