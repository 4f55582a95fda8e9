// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";

import {IJobs} from "./interfaces/IJobs.sol";
import {IOpeningPolicy} from "./interfaces/IOpeningPolicy.sol";

/// @dev See {IOpeningPolicy}.
contract OpeningPolicy is AccessManaged, IOpeningPolicy {
    /// @inheritdoc IOpeningPolicy
    uint16 public constant MAX_FEE = 500;

    uint32 private constant MAX_ROUNDS = type(uint16).max;
    /// @dev A slip of the finger must not lock a deposit for centuries, nor overflow a clock.
    uint256 private constant MAX_HORIZON = 3650 days;
    uint32 private constant MAX_WINDOW = 365 days;

    struct Arbiter {
        bool listed;
        uint80 arbiterFee;
    }

    /// @inheritdoc IOpeningPolicy
    uint32 public immutable minRoundTimeout;
    /// @inheritdoc IOpeningPolicy
    uint32 public immutable minShortWindow;
    /// @inheritdoc IOpeningPolicy
    uint32 public immutable minLongWindow;

    /// @inheritdoc IOpeningPolicy
    uint16 public fee;
    /// @inheritdoc IOpeningPolicy
    bool public paused;

    mapping(address arbiter => Arbiter) private _arbiters;

    constructor(address authority, Floors memory floors) AccessManaged(authority) {
        minRoundTimeout = floors.minRoundTimeout;
        minShortWindow = floors.minShortWindow;
        minLongWindow = floors.minLongWindow;
    }

    /// @inheritdoc IOpeningPolicy
    function setFee(uint16 fee_) external restricted {
        if (fee_ > MAX_FEE) revert FeeAboveCap(fee_, MAX_FEE);
        fee = fee_;
        emit FeeSet(fee_);
    }

    /// @inheritdoc IOpeningPolicy
    function listArbiter(address arbiter, uint80 arbiterFee) external restricted {
        if (arbiter == address(0)) revert ZeroArbiter();
        _arbiters[arbiter] = Arbiter({listed: true, arbiterFee: arbiterFee});
        emit ArbiterListed(arbiter, arbiterFee);
    }

    /// @inheritdoc IOpeningPolicy
    function removeArbiter(address arbiter) external restricted {
        if (!_arbiters[arbiter].listed) revert ArbiterNotListed(arbiter);
        delete _arbiters[arbiter];
        emit ArbiterRemoved(arbiter);
    }

    /// @inheritdoc IOpeningPolicy
    function setPaused(bool paused_) external restricted {
        paused = paused_;
        emit OpeningPaused(paused_);
    }

    /// @inheritdoc IOpeningPolicy
    function arbiterOf(address arbiter) external view returns (bool listed, uint80 arbiterFee) {
        Arbiter memory found = _arbiters[arbiter];
        return (found.listed, found.arbiterFee);
    }

    /// @inheritdoc IOpeningPolicy
    function admit(IJobs.Opening calldata opening) external view {
        if (paused) revert OpeningIsPaused();
        if (opening.terms == bytes32(0)) revert ZeroTerms();
        if (opening.coordinator == address(0)) revert ZeroCoordinator();
        if (opening.rounds == 0 || opening.rounds > MAX_ROUNDS) {
            revert RoundsOutOfRange(opening.rounds, MAX_ROUNDS);
        }
        _checkTimes(opening);
        if (opening.fee != fee) revert FeeDiffers(opening.fee, fee);
        Arbiter memory arbiter = _arbiters[opening.arbiter];
        if (!arbiter.listed) revert ArbiterNotListed(opening.arbiter);
        if (opening.arbiterFee != arbiter.arbiterFee) {
            revert ArbiterFeeDiffers(opening.arbiterFee, arbiter.arbiterFee);
        }
    }

    function _checkTimes(IJobs.Opening calldata opening) private view {
        if (opening.roundTimeout < minRoundTimeout) {
            revert RoundTimeoutTooShort(opening.roundTimeout, minRoundTimeout);
        }
        if (opening.cutoff <= block.timestamp || opening.cutoff > block.timestamp + MAX_HORIZON) {
            revert CutoffOutOfRange(opening.cutoff, block.timestamp + 1, block.timestamp + MAX_HORIZON);
        }
        if (opening.shortWindow < minShortWindow) {
            revert ShortWindowTooShort(opening.shortWindow, minShortWindow);
        }
        uint32 least = opening.shortWindow > minLongWindow ? opening.shortWindow : minLongWindow;
        if (opening.longWindow < least || opening.longWindow > MAX_WINDOW) {
            revert LongWindowOutOfRange(opening.longWindow, least, MAX_WINDOW);
        }
    }
}
