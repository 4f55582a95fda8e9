// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ERC1155Holder} from "@openzeppelin/contracts/token/ERC1155/utils/ERC1155Holder.sol";

import {IAccessToken} from "interfaces/IAccessToken.sol";

/// @dev Owns datasets by the hundred, so that tests of wide jobs need few transactions.
contract BulkOwner is ERC1155Holder {
    /// @dev Registers and offers one dataset for each operator, buys units of each with its own coins, and hands them
    /// to `to`. Dataset and token ids are consecutive.
    function list(IAccessToken token, address[] calldata operators, uint96 price, uint32 units, address to) external {
        token.paymentToken().approve(address(token), type(uint256).max);
        uint256[] memory ids = new uint256[](operators.length);
        uint256[] memory amounts = new uint256[](operators.length);
        for (uint256 i = 0; i < operators.length; ++i) {
            uint256 dataset = token.registry().register(keccak256(abi.encode(operators[i])), operators[i]);
            ids[i] = token.offer(dataset, bytes32("use"), price, type(uint64).max, units);
            amounts[i] = units;
            token.buy(ids[i], units);
        }
        token.safeBatchTransferFrom(address(this), to, ids, amounts, "");
    }
}
