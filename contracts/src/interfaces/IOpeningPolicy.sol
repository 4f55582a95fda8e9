// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IJobs} from "./IJobs.sol";

/// @title What the administration of a deployment decides: the fee, the arbiters and whether new jobs may be opened.
/// protocol.md §5.7
/// @notice Holds no money and is asked only when a job is opened: no job that is open can feel any of it. A fee and an
/// arbiter's fee are agreed to by name in the opening, so a change between quote and opening refuses, and never costs.
interface IOpeningPolicy {
    /// @dev Deploy-time lower bounds in seconds, so that no job can be opened whose rounds nobody has the time to check.
    struct Floors {
        uint32 minRoundTimeout;
        uint32 minShortWindow;
        uint32 minLongWindow;
    }

    /// @param fee basis points of a unit's price, for jobs opened from now on
    event FeeSet(uint16 fee);

    /// @param arbiterFee base units, from the bond of whoever loses
    event ArbiterListed(address indexed arbiter, uint80 arbiterFee);

    event ArbiterRemoved(address indexed arbiter);
    event OpeningPaused(bool paused);

    error ZeroTerms();
    error ZeroCoordinator();
    error ZeroArbiter();
    error RoundsOutOfRange(uint32 rounds, uint32 max);
    error RoundTimeoutTooShort(uint32 roundTimeout, uint32 min);
    error CutoffOutOfRange(uint64 cutoff, uint256 min, uint256 max);
    error ShortWindowTooShort(uint32 shortWindow, uint32 min);
    error LongWindowOutOfRange(uint32 longWindow, uint32 min, uint32 max);
    error FeeAboveCap(uint16 fee, uint16 cap);

    /// @dev The opening agrees to another fee than is asked now.
    error FeeDiffers(uint16 agreed, uint16 asked);

    /// @dev The opening agrees to another arbiter's fee than is asked now.
    error ArbiterFeeDiffers(uint80 agreed, uint80 asked);

    error ArbiterNotListed(address arbiter);
    error OpeningIsPaused();

    /// @notice Reverts unless a job may be opened like this now.
    function admit(IJobs.Opening calldata opening) external view;

    /// @notice For jobs opened from now on. Restricted.
    function setFee(uint16 fee) external;

    /// @notice Lets new jobs choose this arbiter, at this fee. Restricted.
    function listArbiter(address arbiter, uint80 arbiterFee) external;

    /// @notice New jobs can't choose it any more; those that have it keep it. Restricted.
    function removeArbiter(address arbiter) external;

    /// @notice Stops new jobs from being opened, or lets them again. Restricted.
    function setPaused(bool paused) external;

    /// @notice Basis points of a unit's price.
    function fee() external view returns (uint16);

    function paused() external view returns (bool);

    function arbiterOf(address arbiter) external view returns (bool listed, uint80 arbiterFee);

    // solhint-disable-next-line func-name-mixedcase
    function MAX_FEE() external view returns (uint16);

    function minRoundTimeout() external view returns (uint32);

    function minShortWindow() external view returns (uint32);

    function minLongWindow() external view returns (uint32);
}
