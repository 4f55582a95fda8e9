// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IAccessToken} from "interfaces/IAccessToken.sol";

/// @dev Owns a dataset and ruins whoever calls it for anything else: it burns all gas, or it reverts.
contract HostileOwner {
    bool private immutable _burns;

    error NoCallsPlease();

    constructor(bool burns) {
        _burns = burns;
    }

    /// @return tokenId an offer without a limit of time
    function list(IAccessToken token, address operator, uint96 price, uint32 cap) external returns (uint256 tokenId) {
        uint256 dataset = token.registry().register(keccak256(abi.encode(operator)), operator);
        return token.offer(dataset, bytes32("use"), price, type(uint64).max, cap);
    }

    fallback() external {
        while (_burns) {}
        revert NoCallsPlease();
    }
}
