// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

import {IAccessToken} from "./interfaces/IAccessToken.sol";
import {IAttempts} from "./interfaces/IAttempts.sol";
import {IDatasetRegistry} from "./interfaces/IDatasetRegistry.sol";
import {IJobs} from "./interfaces/IJobs.sol";
import {IOpeningPolicy} from "./interfaces/IOpeningPolicy.sol";

/// @dev What jobs, settlements and payouts share: the layout, and the sums that more than one of them needs.
abstract contract EscrowStorage is IJobs {
    uint256 internal constant MAX_SEATS = 1024;
    uint256 internal constant MAX_TIERS = 16;
    uint256 internal constant BASIS_POINTS = 10_000;

    /// @dev All that a settlement changes: one slot. `frozenFrom` is the first round that an open dispute keeps from
    /// being final, zero for none.
    struct Progress {
        address coordinator;
        uint16 posted;
        uint16 seats;
        JobState state;
        uint40 readyAt;
        uint16 frozenFrom;
    }

    /// @dev One slot. `lastDataset` keeps seats ascending. `round` to `outcome` are of the last roster that was
    /// committed: its round, its attempt, the number of rosters of that round, and what became of it.
    struct Clock {
        uint16 rounds;
        uint40 cutoff;
        uint32 roundTimeout;
        uint32 shortWindow;
        uint32 longWindow;
        uint40 lastDataset;
        uint8 tiers;
        uint16 round;
        uint24 attempt;
        uint8 commits;
        IAttempts.Outcome outcome;
    }

    /// @dev One slot, written once: what the administration asked at opening. `fee` in basis points of a unit's price.
    struct Conditions {
        address arbiter;
        uint80 arbiterFee;
        uint16 fee;
    }

    /// @dev One slot. `proved` is the bonus that the leaves shown to a refund promise, of `seatsProved` seats.
    struct Bonus {
        uint96 claimed;
        uint112 proved;
        uint16 seatsProved;
    }

    /// @dev The seats of a job with the same number of units: what one unit of each costs, fee included. A job's deposit
    /// is the sum of units × charges, and so is every part of it that `close` and `cancel` give back, without a walk
    /// over the seats.
    struct Tier {
        uint32 units;
        uint224 charges;
    }

    struct JobData {
        Progress progress;
        Clock clock;
        address buyer;
        uint96 bonusPool;
        Bonus bonus;
        bytes32 terms;
        Conditions conditions;
        Tier[MAX_TIERS] tiers;
    }

    /// @dev One slot, written when the seat is added; then only the operator changes, after a sale. Both ids are counted
    /// by our own contracts from 1 in steps of 1: 2⁴⁰ of them cost more gas than all blocks of a century have.
    struct Frozen {
        address operator;
        uint40 tokenId;
        uint40 dataset;
        uint16 units;
    }

    /// @dev One slot, empty until the seat is first paid or refunded. The price is the offer's, which never changes: it
    /// is kept here (`priced`) from then on, where it costs nothing to read. `proved`: the seat's last leaf was shown
    /// to a refund. `collectedUnits`: claimed units whose fee was credited.
    struct Paid {
        uint16 claimedUnits;
        uint16 refundedUnits;
        uint16 collectedUnits;
        uint96 claimedBonus;
        uint96 price;
        bool priced;
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
    IOpeningPolicy public immutable policy;
    /// @inheritdoc IJobs
    address public immutable disputes;
    /// @inheritdoc IJobs
    address public immutable feeRecipient;

    mapping(uint256 job => JobData) internal _jobs;
    mapping(uint256 job => mapping(uint256 index => SeatData)) internal _seats;
    mapping(address account => uint256) internal _credits;
    uint256 internal _lastJob;

    constructor(IAccessToken accessToken_, IOpeningPolicy policy_, address disputes_, address feeRecipient_) {
        accessToken = accessToken_;
        registry = accessToken_.registry();
        paymentToken = accessToken_.paymentToken();
        policy = policy_;
        disputes = disputes_;
        feeRecipient = feeRecipient_;
    }

    /// @dev The part of a job's deposit for units beyond this number of rounds: all of it for zero.
    function _depositBeyond(JobData storage data, uint256 rounds) internal view returns (uint256 sum) {
        for (uint256 i = 0; i < data.clock.tiers; ++i) {
            Tier memory tier = data.tiers[i];
            if (tier.units > rounds) sum += (tier.units - rounds) * tier.charges;
        }
    }

    /// @dev Bonus that the rounds up to this one have made available; the same part for each.
    function _accruedBonus(JobData storage data, uint256 upTo) internal view returns (uint256) {
        return (data.bonusPool / data.clock.rounds) * upTo;
    }

    /// @dev The price of a seat's unit, from the slot that is read anyway once it is there.
    function _price(Frozen memory frozen, Paid memory paid) internal view returns (uint256) {
        if (!paid.priced) {
            (, paid.price, ) = accessToken.unitOf(frozen.tokenId);
            paid.priced = true;
        }
        return paid.price;
    }

    /// @dev The fee of one unit, rounded down.
    function _fee(uint256 price, uint256 basisPoints) internal pure returns (uint256) {
        return (price * basisPoints) / BASIS_POINTS;
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
