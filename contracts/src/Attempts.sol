// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Settlements} from "./Settlements.sol";
import {IAttempts} from "./interfaces/IAttempts.sol";

/// @dev See {IAttempts}. The last attempt is in the job's clock, which a settlement reads anyway.
abstract contract Attempts is Settlements {
    /// @dev Draws of the graph: together they cost at most log2(8) = 3 bits of its security.
    uint256 private constant MAX_COMMITS = 8;

    /// @dev Two slots, and a third once there are survivors.
    struct AttemptData {
        bytes32 roster;
        uint64 seedBlock;
        uint40 committedAt;
        bytes32 survivors;
    }

    /// @inheritdoc IAttempts
    uint32 public immutable seedOffset;

    mapping(uint256 job => mapping(uint256 round => mapping(uint256 attempt => AttemptData))) private _attempts;

    constructor(uint32 seedOffset_) {
        if (seedOffset_ == 0) revert ZeroSeedOffset();
        seedOffset = seedOffset_;
    }

    /// @inheritdoc IAttempts
    function commitRoster(uint256 job, uint32 round, uint32 attempt, bytes32 roster) external {
        Progress memory progress = _requireCoordinator(job);
        Clock storage clock = _checkRound(job, round, progress);
        AttemptData storage data = _attempts[job][round][attempt];
        if (data.roster != bytes32(0)) revert AlreadyCommitted(job, round, attempt, data.roster);
        _requireRunning(job, progress, clock);
        if (roster == bytes32(0)) revert ZeroRoster();
        uint8 commits = 0;
        uint32 previous = 0;
        if (clock.round == round) {
            (commits, previous) = (clock.commits, clock.attempt);
            if (clock.outcome != Outcome.Aborted) revert AttemptStands(job, round, previous, clock.outcome);
        }
        // After a void round the next one is behind the last roster: what was opened once is not drawn again.
        if (round < clock.round) revert RosterBehind(job, round, clock.round);
        if (attempt <= previous || attempt > type(uint24).max) revert AttemptOutOfOrder(job, round, attempt, previous);
        if (commits == MAX_COMMITS) revert TooManyAttempts(job, round, MAX_COMMITS);
        // EIP-4399: below 2^64 it is a difficulty, or the constant of a rollup.
        if (block.prevrandao <= type(uint64).max) revert NoRandomness(block.prevrandao);

        uint64 seedBlock = uint64(block.number + seedOffset);
        (data.roster, data.seedBlock, data.committedAt) = (roster, seedBlock, uint40(block.timestamp));
        (clock.round, clock.attempt) = (uint16(round), uint24(attempt)); // at most the job's rounds
        (clock.commits, clock.outcome) = (commits + 1, Outcome.Committed);
        emit RosterCommitted(job, round, attempt, roster, seedBlock);
    }

    /// @inheritdoc IAttempts
    function fixSurvivors(uint256 job, uint32 round, uint32 attempt, bytes32 survivors) external {
        Progress memory progress = _requireCoordinator(job);
        AttemptData storage data = _requireCommitted(job, round, attempt);
        _requireRunning(job, progress, _jobs[job].clock);
        if (survivors == bytes32(0)) revert ZeroSurvivors();

        data.survivors = survivors;
        _jobs[job].clock.outcome = Outcome.Survivors;
        emit SurvivorsFixed(job, round, attempt, survivors);
    }

    /// @inheritdoc IAttempts
    function abortAttempt(uint256 job, uint32 round, uint32 attempt) external {
        JobData storage jobData = _jobOf(job);
        AttemptData storage data = _requireCommitted(job, round, attempt);
        if (msg.sender != jobData.progress.coordinator) {
            uint256 time = uint256(data.committedAt) + jobData.clock.roundTimeout;
            if (time > jobData.clock.cutoff) time = jobData.clock.cutoff;
            if (block.timestamp < time) revert NotAbortableBefore(job, time);
        }

        jobData.clock.outcome = Outcome.Aborted;
        emit AttemptAborted(job, round, attempt, msg.sender);
    }

    /// @inheritdoc IAttempts
    function attemptOf(uint256 job, uint32 round, uint32 attempt) external view returns (AttemptRecord memory) {
        AttemptData memory data = _attempts[job][round][attempt];
        return
            AttemptRecord({
                outcome: _outcomeOf(job, round, attempt),
                roster: data.roster,
                seedBlock: data.seedBlock,
                survivors: data.survivors
            });
    }

    function _requireCommitted(
        uint256 job,
        uint32 round,
        uint32 attempt
    ) private view returns (AttemptData storage data) {
        data = _attempts[job][round][attempt];
        Outcome outcome = _outcomeOf(job, round, attempt);
        if (outcome != Outcome.Committed) revert NotCommitted(job, round, attempt, outcome);
    }

    /// @dev Only the last committed attempt can still be running: a new one and a settlement each need the one before
    /// them to have ended. All others are aborted unless they have survivors.
    function _outcomeOf(uint256 job, uint32 round, uint32 attempt) private view returns (Outcome) {
        AttemptData storage data = _attempts[job][round][attempt];
        if (data.roster == bytes32(0)) return Outcome.None;
        if (data.survivors != bytes32(0)) return Outcome.Survivors;
        Clock storage clock = _jobs[job].clock;
        return round == clock.round && attempt == clock.attempt ? clock.outcome : Outcome.Aborted;
    }
}
