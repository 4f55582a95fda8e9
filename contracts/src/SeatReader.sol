// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDatasetRegistry} from "./interfaces/IDatasetRegistry.sol";
import {IJobs} from "./interfaces/IJobs.sol";

/// @title Reads the seats of a job by the page, with the present owners of their datasets.
/// @notice Holds nothing and may do nothing: it is apart from the escrow because of the limit on a contract's size.
contract SeatReader {
    IJobs public immutable escrow;
    IDatasetRegistry public immutable registry;

    constructor(IJobs escrow_) {
        escrow = escrow_;
        registry = escrow_.registry();
    }

    /// @notice Seats from `first` on, at most `count`: a job of 1,024 seats is read in a few calls. Beyond the last seat
    /// there is nothing. Reverts when there is no such job.
    function seatsOf(
        uint256 job,
        uint32 first,
        uint32 count
    ) external view returns (IJobs.Seat[] memory seats, address[] memory owners) {
        uint32 all = escrow.jobOf(job).seats;
        uint32 left = first < all ? all - first : 0;
        uint32 found = count < left ? count : left;
        seats = new IJobs.Seat[](found);
        owners = new address[](found);
        for (uint32 i = 0; i < found; ++i) {
            seats[i] = escrow.seatOf(job, first + i);
            owners[i] = registry.ownerOf(seats[i].dataset);
        }
    }
}
