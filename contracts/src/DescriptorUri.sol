// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @dev Where a descriptor is: `ipfs://` and the CID of a raw block (JSON-LD) by its SHA-256. protocol.md §6.1
library DescriptorUri {
    /// @dev In base 16 (multibase `f`): version 1, raw 0x55, sha2-256 0x12, 32 bytes.
    string private constant PREFIX = "ipfs://f01551220";
    bytes16 private constant DIGITS = "0123456789abcdef";

    function from(bytes32 digest) internal pure returns (string memory) {
        bytes memory text = new bytes(64);
        for (uint256 i = 0; i < 32; ++i) {
            text[2 * i] = DIGITS[uint8(digest[i]) >> 4];
            text[2 * i + 1] = DIGITS[uint8(digest[i]) & 15];
        }
        return string.concat(PREFIX, string(text));
    }
}
