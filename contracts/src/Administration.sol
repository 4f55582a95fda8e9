// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";

/// @title Who may change what is asked of new jobs, and how long beforehand it is announced. protocol.md §5.7
/// @notice OpenZeppelin's AccessManager as it is. It governs the OpeningPolicy alone, which holds no money.
contract Administration is AccessManager {
    constructor(address initialAdmin) AccessManager(initialAdmin) {}
}
