// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

import {IAccessToken} from "./IAccessToken.sol";
import {IDatasetRegistry} from "./IDatasetRegistry.sol";
import {IOpeningPolicy} from "./IOpeningPolicy.sol";

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
    /// @param arbiter      who answers the job's disputes: one of the policy's list
    /// @param arbiterFee   base units that the arbiter is paid for an answer: what the policy asks now
    /// @param fee          basis points of a unit's price, on top of it: what the policy asks now
    struct Opening {
        bytes32 terms;
        address coordinator;
        uint32 rounds;
        uint32 roundTimeout;
        uint64 cutoff;
        uint32 shortWindow;
        uint32 longWindow;
        uint96 bonusPool;
        address arbiter;
        uint80 arbiterFee;
        uint16 fee;
    }

    /// @param posted     rounds settled so far and not void, final or not
    /// @param readyAt    from this time on no posted round is held up by its window; zero before the first
    /// @param frozenFrom first round that an open dispute keeps from being final; zero for none
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
        uint32 frozenFrom;
        uint96 bonusPool;
        address arbiter;
        uint80 arbiterFee;
        uint16 fee;
    }

    /// @param units         rounds that this seat may be paid for at most
    /// @param claimedUnits  of them, paid to the dataset's owner
    /// @param refundedUnits of them, given back to the buyer on a leaf proof after the job closed
    /// @param collectedUnits of the claimed ones, those whose fee was credited
    /// @param claimedBonus  base units of bonus paid
    struct Seat {
        uint256 dataset;
        address operator;
        uint256 tokenId;
        uint96 price;
        uint32 units;
        uint32 claimedUnits;
        uint32 refundedUnits;
        uint32 collectedUnits;
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

    /// @dev The seat's dataset was sold, or its owner changed the key: from now on this one signs for the seat.
    event SeatOperatorRotated(uint256 indexed job, uint32 indexed seat, address operator);

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

    /// @dev Too early: it can be closed at this time, or once all rounds are posted and final.
    error NotClosableBefore(uint256 job, uint256 time);

    error NotDatasetOwner(uint256 dataset, address caller);
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
    /// @dev Active: when all rounds are posted and final, or from the cutoff on: then nothing more is posted, and what a
    /// dispute may still void is credited when it does. Open: from the cutoff on.
    function close(uint256 job) external;

    /// @notice Makes the dataset's present operator key the seat's; by the dataset's owner.
    function rotateOperator(uint256 job, uint32 seat) external;

    /// @notice Reverts when there is no such job.
    function jobOf(uint256 id) external view returns (Job memory);

    /// @notice Reverts when there is no such seat.
    function seatOf(uint256 job, uint32 index) external view returns (Seat memory);

    function registry() external view returns (IDatasetRegistry);

    function accessToken() external view returns (IAccessToken);

    /// @notice The one token that every amount is in.
    function paymentToken() external view returns (IERC20);

    /// @notice Decides which jobs may be opened, and nothing else.
    function policy() external view returns (IOpeningPolicy);

    /// @notice The one contract that may freeze, uphold and void rounds.
    function disputes() external view returns (address);

    /// @notice Who is credited with the fees of claimed units.
    function feeRecipient() external view returns (address);
}
