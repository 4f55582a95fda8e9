// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Bitmaps} from "Bitmaps.sol";

/// @dev The library's functions as they are, for tests to call.
contract CallableBitmaps {
    function has(bytes calldata bitmap, uint256 index) external pure returns (bool) {
        return Bitmaps.has(bitmap, index);
    }

    function exceeds(bytes calldata bitmap, uint256 size) external pure returns (bool) {
        return Bitmaps.exceeds(bitmap, size);
    }

    function count(bytes calldata bitmap) external pure returns (uint256) {
        return Bitmaps.count(bitmap);
    }

    function countBoth(bytes calldata a, bytes calldata b) external pure returns (uint256) {
        return Bitmaps.countBoth(a, b);
    }
}
