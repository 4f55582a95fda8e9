// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

import {ISettlements} from "./ISettlements.sol";

/// @title Disputes over posted rounds. protocol.md §5.6
/// @notice One question: do manifest, bitmap and payout root equal what the evidence recomputes? Holds nothing but bonds
/// and what it owes from them. One dispute a posting, whoever opens it:
///
/// - **open**: anybody bonds, while the round's window is open; the round is frozen;
/// - **answer the challenge**: the coordinator bonds as much, or anyone in its place: an owner who worked for the round must
///   not lose it because the coordinator keeps silent. Silence of all voids the round, and the bond goes back;
/// - **judge**: the job's arbiter says whether the round stands or is void. The loser's bond pays the arbiter's fee, the
///   rest goes to the winner. What is filed before counts; evidence that can't be fetched means void;
/// - **silence of the arbiter**: the round stands if it was settled with a quorum and is void if not; both bonds go back;
/// - an earlier round is voided meanwhile: this dispute is about nothing any more, both bonds go back.
///
/// Each step has a deadline and the last two are open to anyone, so a dispute ends whoever stays away.
interface IDisputes {
    /// @dev None: no such dispute. Open: it may be defended. Defended: the arbiter may judge. The others are
    /// ends: the round stood, was voided, or fell with an earlier one.
    enum Status {
        None,
        Open,
        Defended,
        Stood,
        Voided,
        Moot
    }

    /// @param bond     base units of each side
    /// @param deadline last second for the defender's bond, then for the judgement
    /// @param defender zero until there is one
    /// @param quorum   whether the round was settled with one
    struct Dispute {
        Status status;
        uint256 job;
        uint32 round;
        bool quorum;
        uint64 deadline;
        address challenger;
        address coordinator;
        address defender;
        address arbiter;
        uint256 arbiterFee;
        uint256 bond;
    }

    /// @param head        of the disputed posting: the dispute's id
    /// @param coordinator of the job, who should defend
    /// @param deadline    last second for a defender's bond
    /// @param evidence    SHA-256 of the challenger's evidence block
    event Challenged(
        bytes32 indexed head,
        uint256 indexed job,
        uint32 indexed round,
        address challenger,
        address coordinator,
        address arbiter,
        uint256 bond,
        uint64 deadline,
        bytes32 evidence
    );

    /// @param deadline last second for the judgement
    event Defended(
        bytes32 indexed head,
        uint256 indexed job,
        address indexed defender,
        uint64 deadline,
        bytes32 evidence
    );

    /// @param evidence SHA-256 of a further block
    event EvidenceFiled(bytes32 indexed head, uint256 indexed job, address indexed party, bytes32 evidence);

    /// @param judged whether the arbiter said so; if not, a deadline or an earlier dispute did
    event Concluded(bytes32 indexed head, uint256 indexed job, Status status, bool judged);

    event BondWithdrawn(address indexed account, uint256 amount);

    /// @dev One posting is disputed once.
    error AlreadyDisputed(bytes32 head);

    error NoSuchDispute(bytes32 head);

    /// @dev The action is not for a dispute in this status.
    error WrongStatus(bytes32 head, Status status);

    error ZeroEvidence();
    error NotArbiterOf(bytes32 head, address caller);
    error NotPartyOf(bytes32 head, address caller);
    error DeadlineOver(bytes32 head, uint64 deadline);

    /// @dev An earlier round was voided, and this one with it: conclude the dispute to get the bonds back.
    error DisputeIsMoot(bytes32 head);

    /// @dev Nothing to conclude yet: someone may still act until this second.
    error NotConcludableBefore(bytes32 head, uint64 deadline);

    /// @dev The payment token took a fee or lied.
    error WrongBondReceived(uint256 expected, uint256 received);

    error NoBondToWithdraw(address account);
    error ZeroWindow();

    /// @notice Opens a dispute over a posted round whose window is open, and takes the caller's bond, which the caller has
    /// approved: `bondOf` base units.
    /// @return head the dispute's id
    function challenge(
        uint256 job,
        ISettlements.SettlementRecord calldata record,
        bytes32 evidence
    ) external returns (bytes32 head);

    /// @notice Takes the same bond from whoever defends the round, before the deadline.
    function defend(bytes32 head, bytes32 evidence) external;

    /// @notice Names a further block of evidence; by challenger, defender and the job's coordinator, while the dispute is
    /// open.
    function fileEvidence(bytes32 head, bytes32 evidence) external;

    /// @notice The arbiter's answer, before the deadline.
    function judge(bytes32 head, bool stands) external;

    /// @notice Ends a dispute that a deadline or an earlier dispute has decided; by anyone.
    function conclude(bytes32 head) external;

    /// @notice Sends the caller all that it has got back or won.
    function withdraw() external;

    /// @notice Zeros for what is not there.
    function disputeOf(bytes32 head) external view returns (Dispute memory);

    /// @notice Base units that each side has to bond for a round of this job: the arbiter's fee, or 5 % of the most that
    /// one round charges if that is more.
    function bondOf(uint256 job) external view returns (uint256);

    function credits(address account) external view returns (uint256);

    function paymentToken() external view returns (IERC20);

    /// @notice The escrow whose rounds are disputed here.
    function escrow() external view returns (address);

    /// @notice Seconds for a defender's bond.
    function defenceWindow() external view returns (uint32);

    /// @notice Seconds for the judgement, from the defender's bond on.
    function judgementWindow() external view returns (uint32);
}
