// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";

import {Bitmaps} from "./Bitmaps.sol";
import {EscrowStorage} from "./EscrowStorage.sol";
import {IAttempts} from "./interfaces/IAttempts.sol";
import {ISettlements} from "./interfaces/ISettlements.sol";

/// @dev Settlement of rounds: one slot each, chained.
abstract contract Settlements is EscrowStorage, EIP712, ISettlements, IAttempts {
    string private constant FIELDS =
        "(uint256 job,uint32 round,uint32 attempt,bytes32 manifest,bytes32 payoutRoot,uint256 total,bytes32 participants,uint64 deadline)";
    bytes32 private constant ATTESTATION = keccak256(abi.encodePacked("Attestation", FIELDS));
    bytes32 private constant APPROVAL = keccak256(abi.encodePacked("Approval", FIELDS));

    mapping(uint256 job => mapping(uint256 round => bytes32)) private _heads;

    /// @inheritdoc ISettlements
    function settle(uint256 job, Settlement calldata settlement, Quorum calldata quorum) external {
        Progress memory progress = _requireCoordinator(job);
        Clock storage clock = _checkRound(job, settlement.round, progress);
        _requireRunning(job, progress, clock);
        if (clock.round == settlement.round) _requireAgreed(job, settlement, clock);
        if (settlement.manifest == bytes32(0)) revert ZeroManifest();
        if (_count(settlement.participants, progress.seats) == 0) revert NoParticipants();

        bytes32 participants = keccak256(settlement.participants);
        bool hasQuorum = _hasQuorum(job, settlement, quorum, participants, progress.seats);
        uint256 readyAt = block.timestamp + (hasQuorum ? clock.shortWindow : clock.longWindow);
        if (readyAt < progress.readyAt) readyAt = progress.readyAt;

        bytes32 head = _hash(
            _heads[job][progress.posted],
            job,
            settlement.round,
            settlement.attempt,
            settlement.manifest,
            settlement.payoutRoot,
            settlement.total,
            participants,
            readyAt,
            hasQuorum
        );
        _heads[job][settlement.round] = head;
        progress.posted = uint16(settlement.round); // at most `rounds`
        progress.readyAt = uint40(readyAt); // at most MAX_HORIZON and MAX_WINDOW from some moment: they fit
        _jobs[job].progress = progress;
        _emitSettled(job, settlement, head, readyAt, quorum.signers);
    }

    /// @inheritdoc ISettlements
    function headOf(uint256 job, uint32 round) external view returns (bytes32) {
        return round <= _jobs[job].progress.posted ? _heads[job][round] : bytes32(0);
    }

    /// @inheritdoc ISettlements
    function isFinal(uint256 job, SettlementRecord calldata record) external view returns (bool) {
        Progress storage progress = _jobs[job].progress;
        return
            _isPosted(job, record, progress.posted) &&
            !_isFrozen(record, progress.frozenFrom) &&
            block.timestamp >= record.readyAt;
    }

    /// @dev What a claim and a refund rest on: these are the round's fields, and nothing can void it any more.
    function _requireFinal(uint256 job, SettlementRecord calldata record) internal view {
        Progress storage progress = _jobs[job].progress;
        (uint16 posted, uint16 frozenFrom) = (progress.posted, progress.frozenFrom);
        _requirePosted(job, record, posted);
        if (_isFrozen(record, frozenFrom)) revert Disputed(job, frozenFrom);
        if (block.timestamp < record.readyAt) revert NotFinalBefore(job, record.round, record.readyAt);
    }

    function _requirePosted(uint256 job, SettlementRecord calldata record, uint16 posted) internal view {
        if (!_isPosted(job, record, posted)) revert NotTheSettlement(job, record.round);
    }

    /// @dev A void round leaves its head behind, and is not posted.
    function _isPosted(uint256 job, SettlementRecord calldata record, uint16 posted) private view returns (bool) {
        return record.round <= posted && _hashOf(job, record) == _heads[job][record.round];
    }

    function _isFrozen(SettlementRecord calldata record, uint16 frozenFrom) private pure returns (bool) {
        return frozenFrom != 0 && record.round >= frozenFrom;
    }

    function _requireCoordinator(uint256 job) internal view returns (Progress memory progress) {
        progress = _jobOf(job).progress;
        if (msg.sender != progress.coordinator) revert NotCoordinator(job, msg.sender);
    }

    /// @dev Rounds go on: started, not ended, before the cutoff.
    function _requireRunning(uint256 job, Progress memory progress, Clock storage clock) internal view {
        if (progress.state != JobState.Active) revert WrongState(job, progress.state);
        if (block.timestamp >= clock.cutoff) revert PastCutoff(job, clock.cutoff);
    }

    /// @dev "Already settled" comes before state and cutoff: to whoever sends again, it is the answer.
    function _checkRound(
        uint256 job,
        uint32 round,
        Progress memory progress
    ) internal view returns (Clock storage clock) {
        clock = _jobs[job].clock;
        if (round > 0 && round <= progress.posted) revert AlreadySettled(job, round, _heads[job][round]);
        uint32 expected = uint32(progress.posted) + 1;
        if (round != expected) revert RoundOutOfOrder(job, round, expected);
        if (round > clock.rounds) revert RoundBeyondJob(job, round, clock.rounds);
    }

    /// @dev A later attempt may have needed no roster on chain: its cohort had shrunk.
    function _requireAgreed(uint256 job, Settlement calldata settlement, Clock storage clock) private view {
        (uint32 committed, Outcome outcome) = (clock.attempt, clock.outcome);
        if (outcome == Outcome.Survivors && settlement.attempt == committed) return;
        if (outcome == Outcome.Aborted && settlement.attempt > committed) return;
        revert NotTheAgreedAttempt(job, settlement.round, settlement.attempt, committed, outcome);
    }

    /// @dev False when no quorum is given; reverts when one is given and falls short.
    function _hasQuorum(
        uint256 job,
        Settlement calldata settlement,
        Quorum calldata quorum,
        bytes32 participants,
        uint256 seats
    ) private view returns (bool) {
        if (quorum.signers.length + quorum.signatures.length + quorum.buyerSignature.length == 0) return false;
        if (block.timestamp > quorum.deadline) revert QuorumExpired(quorum.deadline);

        uint256 signers = _count(quorum.signers, seats);
        uint256 present = Bitmaps.count(settlement.participants);
        uint256 signing = Bitmaps.countBoth(quorum.signers, settlement.participants);
        if (2 * signers <= seats || 3 * signing < 2 * present) {
            revert QuorumTooSmall(signers, seats, signing, present);
        }
        if (quorum.signatures.length != 64 * signers) {
            revert SignaturesLength(quorum.signatures.length, 64 * signers);
        }

        _checkAttestations(job, _digest(ATTESTATION, job, settlement, participants, quorum.deadline), quorum, seats);

        bytes32 approval = _digest(APPROVAL, job, settlement, participants, quorum.deadline);
        address buyer = _jobs[job].buyer;
        if (!SignatureChecker.isValidSignatureNowCalldata(buyer, approval, quorum.buyerSignature)) {
            revert BadApproval(job, buyer);
        }
        return true;
    }

    /// @dev Each set bit takes the next 64 bytes, so no seat counts twice.
    function _checkAttestations(uint256 job, bytes32 digest, Quorum calldata quorum, uint256 seats) private view {
        mapping(uint256 index => SeatData) storage held = _seats[job];
        bytes calldata signatures = quorum.signatures;
        uint256 offset = 0;
        for (uint256 index = 0; index < seats; ++index) {
            if (!Bitmaps.has(quorum.signers, index)) continue;
            bytes32 r = bytes32(signatures[offset:offset + 32]);
            bytes32 vs = bytes32(signatures[offset + 32:offset + 64]);
            offset += 64;
            (address signer, ECDSA.RecoverError problem, ) = ECDSA.tryRecover(digest, r, vs);
            if (problem != ECDSA.RecoverError.NoError || signer != held[index].frozen.operator) {
                revert BadAttestation(job, index);
            }
        }
    }

    function _count(bytes calldata bitmap, uint256 seats) private pure returns (uint256) {
        if (bitmap.length != (seats + 7) / 8) revert BitmapLength(bitmap.length, (seats + 7) / 8);
        if (Bitmaps.exceeds(bitmap, seats)) revert BitmapBeyondSeats(seats);
        return Bitmaps.count(bitmap);
    }

    function _digest(
        bytes32 typeHash,
        uint256 job,
        Settlement calldata settlement,
        bytes32 participants,
        uint64 deadline
    ) private view returns (bytes32) {
        return
            _hashTypedDataV4(
                keccak256(
                    abi.encode(
                        typeHash,
                        job,
                        settlement.round,
                        settlement.attempt,
                        settlement.manifest,
                        settlement.payoutRoot,
                        settlement.total,
                        participants,
                        deadline
                    )
                )
            );
    }

    function _hashOf(uint256 job, SettlementRecord calldata record) private pure returns (bytes32) {
        return
            _hash(
                record.previousHead,
                job,
                record.round,
                record.attempt,
                record.manifest,
                record.payoutRoot,
                record.total,
                record.participants,
                record.readyAt,
                record.quorum
            );
    }

    /// @dev protocol.md §5.3. Every field takes one word, whatever its type.
    function _hash(
        bytes32 previousHead,
        uint256 job,
        uint256 round,
        uint256 attempt,
        bytes32 manifest,
        bytes32 payoutRoot,
        uint256 total,
        bytes32 participants,
        uint256 readyAt,
        bool hasQuorum
    ) private pure returns (bytes32) {
        return
            keccak256(
                abi.encode(
                    previousHead,
                    job,
                    round,
                    attempt,
                    manifest,
                    payoutRoot,
                    total,
                    participants,
                    readyAt,
                    hasQuorum
                )
            );
    }

    function _emitSettled(
        uint256 job,
        Settlement calldata settlement,
        bytes32 head,
        uint256 readyAt,
        bytes calldata signers
    ) private {
        emit RoundSettled(
            job,
            settlement.round,
            settlement.attempt,
            head,
            settlement.manifest,
            settlement.payoutRoot,
            settlement.total,
            settlement.participants,
            uint64(readyAt),
            signers
        );
    }
}
