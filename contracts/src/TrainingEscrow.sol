// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";

import {Attempts} from "./Attempts.sol";
import {Challenges} from "./Challenges.sol";
import {EscrowStorage} from "./EscrowStorage.sol";
import {Jobs} from "./Jobs.sol";
import {Payouts} from "./Payouts.sol";
import {IAccessToken} from "./interfaces/IAccessToken.sol";
import {IOpeningPolicy} from "./interfaces/IOpeningPolicy.sol";
import {ITrainingEscrow} from "./interfaces/ITrainingEscrow.sol";

/// @dev See {ITrainingEscrow}.
contract TrainingEscrow is Jobs, Payouts, Attempts, Challenges, ITrainingEscrow {
    constructor(
        IAccessToken accessToken_,
        IOpeningPolicy policy_,
        address disputes_,
        address feeRecipient_,
        uint32 seedOffset_
    )
        EscrowStorage(accessToken_, policy_, disputes_, feeRecipient_)
        Attempts(seedOffset_)
        EIP712("Tributary", "1")
    {}
}
