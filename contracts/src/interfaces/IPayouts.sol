// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ISettlements} from "./ISettlements.sol";

/// @title Claims, refunds and withdrawals. protocol.md §5.2
///
/// @notice Why the escrow is solvent under any root and any order of calls, a lying coordinator's included.
/// Each seat has a purse of its own, `units × (price + fee)`, paid in when it was added. A unit's fee goes where the unit
/// goes: to the fee recipient when the unit is claimed, back to the buyer when it is not. With p rounds posted at closing:
///
/// - a claim takes from the purse at most min(units, p) rounds, whatever a leaf says, so `close` credits the buyer at
///   once with the other `units − min(units, p)`: no root can ever ask for them;
/// - of the min(units, p) that are left, each round is either claimed by the dataset's owner or refunded to the
///   buyer, counted in one slot: claimed + refunded ≤ min(units, p). A refund takes only what the leaf of the last
///   final round does not promise and what has not been claimed;
/// - so a seat's base pay depends on no other seat, and each seat with a leaf in the last root collects
///   min(leaf, units, p), before or after any refund.
///
/// The bonus is one purse a job: each round accrues ⌊pool / rounds⌋, claims together never exceed what the claimed
/// round has accrued, and a leaf that asks for more is paid what is there, so that it can't hold up base pay. What no
/// leaf promises goes back to the buyer when every seat's leaf has been shown to `refundSeats`.
interface IPayouts {
    /// @notice What a seat has earned from the first round to this one.
    /// @dev Leaf hash: keccak256(bytes.concat(keccak256(abi.encode(job, seat, units, bonus)))), as in OpenZeppelin's
    /// StandardMerkleTree. Never an address: pay follows the dataset.
    struct Leaf {
        uint32 seat;
        uint32 units;
        uint96 bonus;
    }

    /// @param units  rounds paid by this claim
    /// @param amount base units sent, bonus included
    event Claimed(
        uint256 indexed job,
        uint32 indexed seat,
        address indexed owner,
        uint32 round,
        uint32 units,
        uint96 bonus,
        uint256 amount
    );

    /// @param units rounds that the seat did not earn, given back to the buyer
    event SeatRefunded(uint256 indexed job, uint32 indexed seat, uint32 units, uint256 amount);

    /// @param amount bonus that no leaf of the last round promises, given back to the buyer
    event BonusRefunded(uint256 indexed job, uint256 amount);

    /// @param amount credited to the deployment's fee recipient
    event FeesCollected(uint256 indexed job, uint256 amount);

    event Withdrawn(address indexed account, uint256 amount);

    /// @dev The leaf is not under the round's payout root.
    error NotInPayouts(uint256 job, uint32 seat);

    /// @dev This round pays the seat nothing beyond what it has been paid.
    error NothingToClaim(uint256 job, uint32 seat);

    /// @dev Refunds go by the last posted round, which says the most.
    error NotTheLastRound(uint256 job, uint32 round, uint32 last);

    error NothingToRefund(uint256 job);
    error NothingToCollect(uint256 job);
    error LeavesWithoutProofs(uint256 leaves, uint256 proofs);
    error NothingToWithdraw(address account);

    /// @notice Pays out all that a seat has earned up to a final round and not been paid; by the present owner of the
    /// seat's dataset, to any account. Nothing expires.
    function claim(
        uint256 job,
        ISettlements.SettlementRecord calldata record,
        Leaf calldata leaf,
        bytes32[] calldata proof,
        address to
    ) external;

    /// @notice The same, to the owner alone. Anyone may call.
    function claimFor(
        uint256 job,
        ISettlements.SettlementRecord calldata record,
        Leaf calldata leaf,
        bytes32[] calldata proof
    ) external;

    /// @notice Credits the buyer of a closed job with the posted rounds that these seats did not earn. Anyone may call.
    /// @param record of the last posted round
    function refundSeats(
        uint256 job,
        ISettlements.SettlementRecord calldata record,
        Leaf[] calldata leaves,
        bytes32[][] calldata proofs
    ) external;

    /// @notice Credits the fee recipient with the fees of units that were claimed in these seats. Anyone may call.
    function collectFees(uint256 job, uint32[] calldata seats) external;

    /// @notice Sends the caller all of its credits.
    function withdraw() external;

    function credits(address account) external view returns (uint256);
}
