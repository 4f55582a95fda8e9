// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title Agreement on an attempt whose cohort is too large to agree by signatures alone. protocol.md §5.4
/// @notice An attempt is None → Committed → Survivors or Aborted; the last two absorb, so that whoever reads one of them
/// in a final block knows that nobody will ever read the other. A round has at most one attempt with Survivors, and no
/// new attempt before the one ahead of it is aborted. No lineage, no money.
interface IAttempts {
    /// @dev None: no roster on chain. Committed: the graph is drawn and the attempt runs. Survivors: its sum may be
    /// opened. Aborted: its sum never will be.
    enum Outcome {
        None,
        Committed,
        Survivors,
        Aborted
    }

    /// @param roster    Merkle root of the frozen roster; zero for an attempt without one
    /// @param seedBlock block whose prevrandao, with the roster, draws the neighbour graph
    /// @param survivors root of the survivors; zero unless the outcome is Survivors
    struct AttemptRecord {
        Outcome outcome;
        bytes32 roster;
        uint64 seedBlock;
        bytes32 survivors;
    }

    event RosterCommitted(
        uint256 indexed job,
        uint32 indexed round,
        uint32 attempt,
        bytes32 roster,
        uint64 seedBlock
    );

    event SurvivorsFixed(uint256 indexed job, uint32 indexed round, uint32 attempt, bytes32 survivors);

    /// @param by the coordinator, or whoever used the way out after its time
    event AttemptAborted(uint256 indexed job, uint32 indexed round, uint32 attempt, address by);

    /// @dev A seed that is known when the roster is committed could be chosen.
    error ZeroSeedOffset();

    error ZeroRoster();
    error ZeroSurvivors();

    /// @dev To a coordinator that sends again after a lost receipt or a reorganisation, its own roster here is success.
    error AlreadyCommitted(uint256 job, uint32 round, uint32 attempt, bytes32 roster);

    /// @dev Attempts of a round ascend, from 1; numbers may be left out.
    error AttemptOutOfOrder(uint256 job, uint32 round, uint32 attempt, uint32 previous);

    /// @dev Each attempt is one more draw of the graph, so there are few.
    error TooManyAttempts(uint256 job, uint32 round, uint256 max);

    /// @dev The attempt before is not aborted.
    error AttemptStands(uint256 job, uint32 round, uint32 attempt, Outcome outcome);

    /// @dev This chain's prevrandao is a constant, a difficulty or empty: a graph drawn from it could be foreseen.
    error NoRandomness(uint256 prevrandao);

    /// @dev To a coordinator that sends again, the outcome that it sent is success.
    error NotCommitted(uint256 job, uint32 round, uint32 attempt, Outcome outcome);

    /// @dev Too early for anybody but the coordinator.
    error NotAbortableBefore(uint256 job, uint256 time);

    /// @dev A void round behind the last committed roster: its sum may have been opened, so it gets no second attempt.
    error RosterBehind(uint256 job, uint32 round, uint32 last);

    /// @dev A round with a committed attempt is settled by its survivors, or by a later attempt once it is aborted.
    error NotTheAgreedAttempt(uint256 job, uint32 round, uint32 attempt, uint32 committed, Outcome outcome);

    /// @notice Fixes the roster of an attempt of the next round, and with it the block that draws its graph; by the
    /// job's coordinator, before the cutoff. At most 8 a round.
    /// @dev Whoever proposes the blocks just before the seed's may throw away some of their own and so choose among a
    /// few graphs: docs/protocol.md counts these bits, and those of the 8 attempts.
    function commitRoster(uint256 job, uint32 round, uint32 attempt, bytes32 roster) external;

    /// @notice Ends a committed attempt with the survivors whose sum is opened; by the job's coordinator, before the
    /// cutoff: what can no longer be settled, and so paid, must not be opened.
    function fixSurvivors(uint256 job, uint32 round, uint32 attempt, bytes32 survivors) external;

    /// @notice Ends a committed attempt for good; by the coordinator at any time, by anyone once it is a round timeout
    /// old or the job is past its cutoff, so that no coordinator can lock an owner's model by staying away.
    function abortAttempt(uint256 job, uint32 round, uint32 attempt) external;

    /// @notice Zeros for what is not there.
    function attemptOf(uint256 job, uint32 round, uint32 attempt) external view returns (AttemptRecord memory);

    /// @notice Blocks from a roster's commitment to its seed.
    /// @dev On Ethereum 64: the proposers of that epoch are not drawn yet, so nobody can choose a moment at which the
    /// seed's last proposers are its own.
    function seedOffset() external view returns (uint32);
}
