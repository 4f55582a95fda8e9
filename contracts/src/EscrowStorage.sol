// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

import {IAccessToken} from "./interfaces/IAccessToken.sol";
import {IAttempts} from "./interfaces/IAttempts.sol";
import {IDatasetRegistry} from "./interfaces/IDatasetRegistry.sol";
import {IJobs} from "./interfaces/IJobs.sol";

/// @dev What jobs, settlements and payouts share: the layout, and the sums that more than one of them needs.
abstract contract EscrowStorage is IJobs {
    uint32 internal constant MAX_ROUNDS = type(uint16).max;
    uint256 internal constant MAX_SEATS = 1024;
    uint256 internal constant MAX_TIERS = 16;
    /// @dev A slip of the finger must not lock a deposit for centuries, nor overflow a clock.
    uint256 internal constant MAX_HORIZON = 3650 days;
    uint32 internal constant MAX_WINDOW = 365 days;

    /// @dev Deploy-time lower bounds, so that no job can be opened whose rounds nobody has the time to check.
    struct Floors {
        uint32 minRoundTimeout;
        uint32 minShortWindow;
        uint32 minLongWindow;
    }

    /// @dev All that a settlement changes: one slot.
    struct Progress {
        address coordinator;
        uint16 rounds;
        uint16 posted;
        uint16 seats;
        JobState state;
        uint40 readyAt;
    }

    /// @dev One slot. `lastDataset` keeps seats ascending. The rest is of the last roster that was committed: its round,
    /// its attempt, the number of rosters of that round, and what became of it.
    struct Clock {
        uint40 cutoff;
        uint32 roundTimeout;
        uint32 shortWindow;
        uint32 longWindow;
        uint48 lastDataset;
        uint8 tiers;
        uint16 round;
        uint32 attempt;
        uint8 commits;
        IAttempts.Outcome outcome;
    }

    /// @dev One slot. `proved` is the bonus that the leaves shown to a refund promise, of `seatsProved` seats.
    struct Bonus {
        uint96 claimed;
        uint112 proved;
        uint16 seatsProved;
    }

    /// @dev The seats of a job with the same number of units: their prices together. A job's deposit is the sum of
    /// units × prices, and so is every part of it that `close` and `cancel` give back, without a walk over the seats.
    struct Tier {
        uint32 units;
        uint224 prices;
    }

    struct JobData {
        Progress progress;
        Clock clock;
        address buyer;
        uint96 bonusPool;
        Bonus bonus;
        bytes32 terms;
        Tier[MAX_TIERS] tiers;
    }

    /// @dev One slot, written once. Dataset and price are the offer's, which never changes.
    struct Frozen {
        address operator;
        uint64 tokenId;
        uint32 units;
    }

    /// @dev One slot. `proved`: the seat's last leaf was shown to a refund.
    struct Paid {
        uint32 claimedUnits;
        uint32 refundedUnits;
        uint96 claimedBonus;
        bool proved;
    }

    struct SeatData {
        Frozen frozen;
        Paid paid;
    }

    /// @inheritdoc IJobs
    IDatasetRegistry public immutable registry;
    /// @inheritdoc IJobs
    IAccessToken public immutable accessToken;
    /// @inheritdoc IJobs
    IERC20 public immutable paymentToken;

    /// @inheritdoc IJobs
    uint32 public immutable minRoundTimeout;
    /// @inheritdoc IJobs
    uint32 public immutable minShortWindow;
    /// @inheritdoc IJobs
    uint32 public immutable minLongWindow;

    mapping(uint256 job => JobData) internal _jobs;
    mapping(uint256 job => mapping(uint256 index => SeatData)) internal _seats;
    mapping(address account => uint256) internal _credits;
    uint256 internal _lastJob;

    constructor(IAccessToken accessToken_, Floors memory floors) {
        accessToken = accessToken_;
        registry = accessToken_.registry();
        paymentToken = accessToken_.paymentToken();
        minRoundTimeout = floors.minRoundTimeout;
        minShortWindow = floors.minShortWindow;
        minLongWindow = floors.minLongWindow;
    }

    /// @dev The part of a job's deposit for units beyond this number of rounds: all of it for zero.
    function _depositBeyond(JobData storage data, uint256 rounds) internal view returns (uint256 sum) {
        for (uint256 i = 0; i < data.clock.tiers; ++i) {
            Tier memory tier = data.tiers[i];
            if (tier.units > rounds) sum += (tier.units - rounds) * tier.prices;
        }
    }

    /// @dev Bonus that the rounds up to this one have made available; the same part for each.
    function _accruedBonus(JobData storage data, uint256 rounds, uint256 upTo) internal view returns (uint256) {
        return (data.bonusPool / rounds) * upTo;
    }

    function _jobOf(uint256 job) internal view returns (JobData storage data) {
        data = _jobs[job];
        if (data.progress.state == JobState.None) revert NoSuchJob(job);
    }

    function _seatOf(uint256 job, uint256 index) internal view returns (SeatData storage seat) {
        seat = _seats[job][index];
        if (seat.frozen.units == 0) revert NoSuchSeat(job, index);
    }
}
