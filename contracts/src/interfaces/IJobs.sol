// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

import {IAccessToken} from "./IAccessToken.sol";
import {IDatasetRegistry} from "./IDatasetRegistry.sol";

/// @title Jobs and their seats: opening, activation and every way out. protocol.md §5.1
/// @notice States: Open → Active → Closed, or Open → Cancelled. The last two absorb. Neither the buyer, the
/// coordinator nor an owner can keep a job from ending: after its cutoff anyone may close it.
interface IJobs {
    /// @dev None: no such job. Open: the buyer adds seats. Active: rounds are settled. Cancelled: never started,
    /// everything credited back. Closed: no more rounds; claims and refunds go on for ever.
    enum JobState {
        None,
        Open,
        Active,
        Cancelled,
        Closed
    }

    /// @param terms        SHA-256 of the job's terms (recipe, model, coordinator's URL)
    /// @param coordinator  the only account that may settle rounds
    /// @param rounds       1 to 65,535
    /// @param roundTimeout seconds that a running round keeps after the buyer cancels
    /// @param cutoff       time from which nothing is settled any more; at most ten years ahead
    /// @param shortWindow  seconds from a settlement with a quorum until it is final
    /// @param longWindow   seconds from a settlement without one; not below the short window, at most a year
    /// @param bonusPool    base units shared among participants, the same part for each round; taken at opening
    struct Opening {
        bytes32 terms;
        address coordinator;
        uint32 rounds;
        uint32 roundTimeout;
        uint64 cutoff;
        uint32 shortWindow;
        uint32 longWindow;
        uint96 bonusPool;
    }

    /// @param posted  rounds settled so far, final or not
    /// @param readyAt time at which the last posted round is final; zero before the first
    struct Job {
        JobState state;
        address buyer;
        address coordinator;
        bytes32 terms;
        uint32 rounds;
        uint32 posted;
        uint32 seats;
        uint32 roundTimeout;
        uint64 cutoff;
        uint32 shortWindow;
        uint32 longWindow;
        uint64 readyAt;
        uint96 bonusPool;
    }

    /// @param units         rounds that this seat may be paid for at most
    /// @param claimedUnits  of them, paid to the dataset's owner
    /// @param refundedUnits of them, given back to the buyer on a leaf proof after the job closed
    /// @param claimedBonus  base units of bonus paid
    struct Seat {
        uint256 dataset;
        address operator;
        uint256 tokenId;
        uint96 price;
        uint32 units;
        uint32 claimedUnits;
        uint32 refundedUnits;
        uint96 claimedBonus;
    }

    event JobOpened(uint256 indexed job, address indexed buyer, address indexed coordinator, Opening opening);

    /// @dev Everything a client needs to find its work and rebuild its pay.
    event SeatAdded(
        uint256 indexed job,
        uint256 indexed dataset,
        uint32 seat,
        address operator,
        uint256 tokenId,
        uint96 price,
        uint32 units
    );

    event JobActivated(uint256 indexed job, uint32 seats);

    /// @param cutoff the earlier cutoff; rounds posted before it count
    event CutoffMoved(uint256 indexed job, uint64 cutoff);

    /// @param credited base units that the buyer may now withdraw
    event JobCancelled(uint256 indexed job, uint256 credited);

    /// @param posted   rounds that were settled
    /// @param credited base units that no root can ever claim, which the buyer may now withdraw
    event JobClosed(uint256 indexed job, uint32 posted, uint256 credited);

    error ZeroTerms();
    error ZeroCoordinator();
    error RoundsOutOfRange(uint32 rounds, uint32 max);
    error RoundTimeoutTooShort(uint32 roundTimeout, uint32 min);
    error CutoffOutOfRange(uint64 cutoff, uint256 min, uint256 max);
    error ShortWindowTooShort(uint32 shortWindow, uint32 min);
    error LongWindowOutOfRange(uint32 longWindow, uint32 min, uint32 max);

    /// @dev The payment token took a fee or lied: the escrow's balance moved by another amount.
    error WrongAmountReceived(uint256 expected, uint256 received);

    error NotBuyer(uint256 job, address caller);

    /// @dev The action is not for a job in this state.
    error WrongState(uint256 job, JobState state);

    error PastCutoff(uint256 job, uint64 cutoff);

    error NoSeats(uint256 job);
    error LengthsDiffer(uint256 tokenIds, uint256 units);
    error TooManySeats(uint256 job, uint256 seats, uint256 max);
    error UnitsOutOfRange(uint256 tokenId, uint32 units, uint32 max);

    /// @dev One job holds at most 16 different numbers of units, so that closing it costs the same for any size.
    error TooManyTiers(uint256 job, uint32 units);

    /// @dev Seats come in ascending order of dataset, over all calls: so a dataset can't take two.
    error DatasetsOutOfOrder(uint256 job, uint256 dataset, uint256 previous);

    error OfferExpired(uint256 tokenId, uint64 validUntil);
    error DatasetIsRetired(uint256 dataset);

    /// @dev The dataset was sold and its new owner has not set an operator key yet.
    error DatasetHasNoOperator(uint256 dataset);

    /// @dev The job ends so soon that cancelling would change nothing.
    error CutoffAlreadyNear(uint256 job, uint64 cutoff);

    /// @dev Too early: all rounds posted and final, or this time.
    error NotClosableBefore(uint256 job, uint256 time);

    error NoSuchJob(uint256 job);
    error NoSuchSeat(uint256 job, uint256 seat);

    /// @notice Opens a job for the caller and takes the bonus pool, which the caller has approved.
    /// @return job sequential from 1
    function open(Opening calldata opening) external returns (uint256 job);

    /// @notice Burns the buyer's units and freezes them as seats, numbered from 0 in the order given.
    /// @dev The buyer has made the escrow its ERC-1155 operator. Price and terms are frozen because an offer never
    /// changes; dataset ids must ascend over all calls.
    function addSeats(uint256 job, uint256[] calldata tokenIds, uint32[] calldata units) external;

    /// @notice Starts the job with the seats it has; by the buyer.
    function activate(uint256 job) external;

    /// @notice An open job ends at once, all credited back; an active one ends one round timeout later, so that a round
    /// that is under way can still be settled and paid. By the buyer.
    function cancel(uint256 job) external;

    /// @notice Ends a job that is over and credits the buyer with what no root can ever claim; by anyone.
    /// @dev Active: when all rounds are posted and the last is final, or from cutoff + long window on, when the last
    /// posted round is final by construction. Open: from the cutoff on.
    function close(uint256 job) external;

    /// @notice Reverts when there is no such job.
    function jobOf(uint256 id) external view returns (Job memory);

    /// @notice Reverts when there is no such seat.
    function seatOf(uint256 job, uint32 index) external view returns (Seat memory);

    /// @notice Seats from `first` on, at most `count`, with the present owners of their datasets: a job of 1,024 seats
    /// is read in a few calls. Beyond the last seat there is nothing.
    function seatsOf(
        uint256 job,
        uint32 first,
        uint32 count
    ) external view returns (Seat[] memory seats, address[] memory owners);

    function registry() external view returns (IDatasetRegistry);

    function accessToken() external view returns (IAccessToken);

    /// @notice The one token that every amount is in.
    function paymentToken() external view returns (IERC20);

    function minRoundTimeout() external view returns (uint32);

    function minShortWindow() external view returns (uint32);

    function minLongWindow() external view returns (uint32);
}
