// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

import {IDatasetRegistry} from "interfaces/IDatasetRegistry.sol";

/// @dev What gas is compared with: pays the present owner of every seat in the transaction of the round, and keeps the
/// round's digest. No claims, no windows, no disputes; one blocked owner stops it.
contract PushPayments {
    using SafeERC20 for IERC20;

    struct Seat {
        uint96 price;
        uint64 dataset;
    }

    IERC20 private immutable _token;
    IDatasetRegistry private immutable _registry;
    address private immutable _coordinator;

    Seat[] private _seats;
    mapping(uint256 round => bytes32 digest) private _rounds;

    constructor(IERC20 token, IDatasetRegistry registry, uint256[] memory datasets, uint96 price) {
        (_token, _registry, _coordinator) = (token, registry, msg.sender);
        for (uint256 i = 0; i < datasets.length; ++i) {
            _seats.push(Seat({price: price, dataset: uint64(datasets[i])}));
        }
    }

    function pay(uint256 round, bytes32 digest) external {
        require(msg.sender == _coordinator && _rounds[round] == bytes32(0));
        _rounds[round] = digest;
        for (uint256 i = 0; i < _seats.length; ++i) {
            Seat memory seat = _seats[i];
            _token.safeTransfer(_registry.ownerOf(seat.dataset), seat.price);
        }
    }
}
