// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {Address} from "@openzeppelin/contracts/utils/Address.sol";

/// @dev A payment token that can turn bad: it takes a fee, blocks recipients, answers false, or
/// calls back while it moves.
contract HostileToken is ERC20 {
    uint256 public feePercent;
    mapping(address recipient => bool) public blocked;
    bool public refusesQuietly;
    address private _target;
    bytes private _callback;

    error Blocked(address recipient);

    constructor() ERC20("Hostile", "BAD") {}

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    function setFee(uint256 percent) external {
        feePercent = percent;
    }

    function setBlocked(address recipient, bool value) external {
        blocked[recipient] = value;
    }

    /// @dev From now on transfers move nothing and return false.
    function setRefusesQuietly(bool value) external {
        refusesQuietly = value;
    }

    function transfer(address to, uint256 value) public override returns (bool) {
        return !refusesQuietly && super.transfer(to, value);
    }

    function transferFrom(address from, address to, uint256 value) public override returns (bool) {
        return !refusesQuietly && super.transferFrom(from, to, value);
    }

    /// @dev Made once, in the middle of the next transfer; its failure fails the transfer.
    function setCallback(address target, bytes calldata callback) external {
        (_target, _callback) = (target, callback);
    }

    function _update(address from, address to, uint256 value) internal override {
        if (blocked[to]) revert Blocked(to);
        uint256 fee = from == address(0) || to == address(0) ? 0 : (value * feePercent) / 100;
        super._update(from, to, value - fee);
        if (fee > 0) super._update(from, address(0), fee);
        if (_target != address(0)) {
            address target = _target;
            _target = address(0);
            Address.functionCall(target, _callback);
        }
    }
}
