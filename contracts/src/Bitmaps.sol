// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @dev Bitmaps over seats as bytes: seat s is bit s % 8 (from the least significant) of byte s / 8.
library Bitmaps {
    function has(bytes calldata bitmap, uint256 index) internal pure returns (bool) {
        return (uint8(bitmap[index / 8]) >> (index % 8)) & 1 == 1;
    }

    /// @dev Whether a bit is set past `size`, in a bitmap of ⌈size / 8⌉ bytes.
    function exceeds(bytes calldata bitmap, uint256 size) internal pure returns (bool) {
        return size % 8 != 0 && uint8(bitmap[size / 8]) >> (size % 8) != 0;
    }

    /// @dev Number of set bits.
    function count(bytes calldata bitmap) internal pure returns (uint256 sum) {
        for (uint256 i = 0; i < bitmap.length; i += 32) sum += _ones(_word(bitmap, i));
    }

    /// @dev Number of bits set in both, which are of the same length.
    function countBoth(bytes calldata a, bytes calldata b) internal pure returns (uint256 sum) {
        for (uint256 i = 0; i < a.length; i += 32) sum += _ones(_word(a, i) & _word(b, i));
    }

    /// @dev 32 bytes from `offset`, zeros past the end.
    function _word(bytes calldata bitmap, uint256 offset) private pure returns (uint256) {
        return uint256(bytes32(bitmap[offset:bitmap.length < offset + 32 ? bitmap.length : offset + 32]));
    }

    /// @dev Counts in ever wider lanes: bits, pairs, nibbles, bytes; the product adds the bytes up in the top one.
    /// Hacker's Delight §5-1, for 256 bits; 256 ones would overflow that byte, hence the early answer.
    function _ones(uint256 x) private pure returns (uint256) {
        if (x == type(uint256).max) return 256;
        unchecked {
            // Wraps on purpose in the product; no lane of the sums can.
            x -= (x >> 1) & 0x5555555555555555555555555555555555555555555555555555555555555555;
            x =
                (x & 0x3333333333333333333333333333333333333333333333333333333333333333) +
                ((x >> 2) & 0x3333333333333333333333333333333333333333333333333333333333333333);
            x = (x + (x >> 4)) & 0x0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f;
            return (x * 0x0101010101010101010101010101010101010101010101010101010101010101) >> 248;
        }
    }
}
