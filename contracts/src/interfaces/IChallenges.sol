// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ISettlements} from "./ISettlements.sol";

/// @title What the disputes of a deployment may do to a job's rounds: hold them up, let them stand, or void them.
/// protocol.md §5.6
/// @notice Only a round whose window is open can be frozen, and only a frozen one voided, so a final round is out of
/// everybody's reach. Voiding pays nobody: the rounds are as if they had not been posted. Open disputes of later rounds
/// fall with it.
interface IChallenges {
    /// @dev This round, and so every later one, is not final until the dispute is over.
    event RoundFrozen(uint256 indexed job, uint32 indexed round);

    /// @dev The dispute is over and the round stands; it can't be disputed again.
    event RoundUpheld(uint256 indexed job, uint32 indexed round);

    /// @param last     the last round that was posted: all from `round` to it are void
    /// @param credited base units that the buyer of a job that is closed already may now withdraw
    event RoundsVoided(uint256 indexed job, uint32 indexed round, uint32 last, uint256 credited);

    error NotDisputes(address caller);

    /// @dev The challenge window of this round is over.
    error WindowOver(uint256 job, uint32 round, uint64 readyAt);

    /// @notice Holds up a posted round that is not final, and all after it.
    /// @return coordinator of the job
    /// @return arbiter     who may answer
    /// @return arbiterFee  base units, as agreed when the job was opened
    /// @return roundValue  base units that one round of the job charges at most, bonus and fee included
    function freeze(
        uint256 job,
        ISettlements.SettlementRecord calldata record
    ) external returns (address coordinator, address arbiter, uint256 arbiterFee, uint256 roundValue);

    /// @notice Ends the dispute of a frozen round, which stands.
    function uphold(uint256 job, uint32 round) external;

    /// @notice Takes back a frozen round and all later ones; the coordinator may post them again before the cutoff. Even
    /// the same fields and signatures then make another head, since they are ready a second later at the least.
    /// @dev Costs no more for any number of later rounds than for 256 times fewer: their heads stay where they are and
    /// count for nothing.
    function void(uint256 job, uint32 round) external;

    /// @notice What a bond is reckoned from, as `freeze` returns it.
    function stakesOf(uint256 job) external view returns (uint256 arbiterFee, uint256 roundValue);
}
