// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {Settlements} from "./Settlements.sol";
import {IChallenges} from "./interfaces/IChallenges.sol";

/// @dev See {IChallenges}.
abstract contract Challenges is Settlements, IChallenges {
    /// @dev Rounds under an open dispute: round r is bit r % 256 of word r / 256.
    mapping(uint256 job => mapping(uint256 word => uint256 bits)) private _disputed;

    modifier onlyDisputes() {
        if (msg.sender != disputes) revert NotDisputes(msg.sender);
        _;
    }

    /// @inheritdoc IChallenges
    function freeze(
        uint256 job,
        SettlementRecord calldata record
    ) external onlyDisputes returns (address coordinator, address arbiter, uint256 arbiterFee, uint256 roundValue) {
        JobData storage data = _jobOf(job);
        Progress memory progress = data.progress;
        _requirePosted(job, record, progress.posted);
        if (block.timestamp >= record.readyAt) revert WindowOver(job, record.round, record.readyAt);

        uint16 round = uint16(record.round); // posted, so it fits
        _disputed[job][round / 256] |= 1 << (round % 256);
        if (progress.frozenFrom == 0 || round < progress.frozenFrom) data.progress.frozenFrom = round;
        emit RoundFrozen(job, round);

        (arbiterFee, roundValue) = _stakes(data);
        return (progress.coordinator, data.conditions.arbiter, arbiterFee, roundValue);
    }

    /// @inheritdoc IChallenges
    function stakesOf(uint256 job) external view returns (uint256 arbiterFee, uint256 roundValue) {
        return _stakes(_jobOf(job));
    }

    /// @inheritdoc IChallenges
    function uphold(uint256 job, uint32 round) external onlyDisputes {
        Progress storage progress = _jobs[job].progress;
        _disputed[job][round / 256] &= ~(1 << (round % 256));
        if (round == progress.frozenFrom) progress.frozenFrom = _firstDisputed(job, round, progress.posted);
        emit RoundUpheld(job, round);
    }

    /// @inheritdoc IChallenges
    function void(uint256 job, uint32 round) external onlyDisputes {
        JobData storage data = _jobs[job];
        Progress memory progress = data.progress;
        uint256 posted = progress.posted;
        uint256 left = round - 1;

        uint256 kept = _disputed[job][round / 256] & ((1 << (round % 256)) - 1);
        _disputed[job][round / 256] = kept;
        for (uint256 word = round / 256 + 1; word <= posted / 256; ++word) _disputed[job][word] = 0;
        if (progress.frozenFrom >= round) progress.frozenFrom = 0;
        progress.posted = uint16(left); // below a posted round
        // What is posted in its place is ready later, so it has a head, and a dispute, of its own.
        ++progress.readyAt;
        data.progress = progress;

        uint256 credited = 0;
        if (progress.state == JobState.Closed) {
            credited = _depositBeyond(data, left) - _depositBeyond(data, posted);
            credited += _accruedBonus(data, posted - left);
            _credits[data.buyer] += credited;
        }
        emit RoundsVoided(job, round, uint32(posted), credited);
    }

    function _stakes(JobData storage data) private view returns (uint256 arbiterFee, uint256 roundValue) {
        return (
            data.conditions.arbiterFee,
            _depositBeyond(data, 0) - _depositBeyond(data, 1) + _accruedBonus(data, 1)
        );
    }

    /// @dev The first disputed round from `round` on, zero for none. One word is 256 rounds: at most 256 of them.
    function _firstDisputed(uint256 job, uint256 round, uint256 posted) private view returns (uint16 first) {
        for (uint256 word = round / 256; word <= posted / 256; ++word) {
            uint256 bits = _disputed[job][word];
            if (bits == 0) continue;
            // The lowest set bit alone; its logarithm is its place.
            return uint16(word * 256 + Math.log2(bits & (~bits + 1)));
        }
    }
}
