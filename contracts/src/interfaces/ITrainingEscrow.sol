// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IAttempts} from "./IAttempts.sol";
import {IChallenges} from "./IChallenges.sol";
import {IJobs} from "./IJobs.sol";
import {IPayouts} from "./IPayouts.sol";
import {ISettlements} from "./ISettlements.sol";

/// @title Holds a job's money from the buyer's units to the owners' claims. protocol.md §5
/// @notice No administrator, no proxy, one payment token; disputes can take back a round, never move money. Tokens that rebase are not supported; tokens that take a fee
/// are refused at the door.
interface ITrainingEscrow is IJobs, ISettlements, IAttempts, IPayouts, IChallenges {}
