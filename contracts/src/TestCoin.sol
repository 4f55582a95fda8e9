// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";

/// @title Play money for a local chain: anyone mints.
contract TestCoin is ERC20Permit {
    /// @dev Money that anyone mints must not stand on a chain where it could be taken for a payment.
    error OnlyOnALocalChain(uint256 chainId);

    constructor() ERC20("Tributary Test Dollar", "tUSD") ERC20Permit("Tributary Test Dollar") {
        if (block.chainid != 31337) revert OnlyOnALocalChain(block.chainid);
    }

    /// @notice The faucet.
    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    function decimals() public pure override returns (uint8) {
        return 6;
    }
}
