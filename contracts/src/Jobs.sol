// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

import {EscrowStorage} from "./EscrowStorage.sol";
import {IAttempts} from "./interfaces/IAttempts.sol";
import {IJobs} from "./interfaces/IJobs.sol";

/// @dev The life of a job, from opening to its end.
abstract contract Jobs is EscrowStorage, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;

    /// @inheritdoc IJobs
    function open(Opening calldata opening) external nonReentrant returns (uint256 job) {
        policy.admit(opening);

        job = ++_lastJob;
        JobData storage data = _jobs[job];
        data.progress = Progress({
            coordinator: opening.coordinator,
            posted: 0,
            seats: 0,
            state: JobState.Open,
            readyAt: 0,
            frozenFrom: 0
        });
        data.clock = Clock({
            rounds: uint16(opening.rounds), // the policy has checked the ranges
            cutoff: uint40(opening.cutoff),
            roundTimeout: opening.roundTimeout,
            shortWindow: opening.shortWindow,
            longWindow: opening.longWindow,
            lastDataset: 0,
            tiers: 0,
            round: 0,
            attempt: 0,
            commits: 0,
            outcome: IAttempts.Outcome.None
        });
        (data.buyer, data.bonusPool, data.terms) = (msg.sender, opening.bonusPool, opening.terms);
        data.conditions = Conditions({arbiter: opening.arbiter, arbiterFee: opening.arbiterFee, fee: opening.fee});
        emit JobOpened(job, msg.sender, opening.coordinator, opening);

        if (opening.bonusPool > 0) _take(opening.bonusPool);
    }

    /// @inheritdoc IJobs
    function addSeats(uint256 job, uint256[] calldata tokenIds, uint32[] calldata units) external nonReentrant {
        JobData storage data = _jobOf(job);
        Progress memory progress = data.progress;
        Clock memory clock = data.clock;
        if (msg.sender != data.buyer) revert NotBuyer(job, msg.sender);
        if (progress.state != JobState.Open) revert WrongState(job, progress.state);
        if (block.timestamp >= clock.cutoff) revert PastCutoff(job, clock.cutoff);
        if (tokenIds.length != units.length) revert LengthsDiffer(tokenIds.length, units.length);
        if (progress.seats + tokenIds.length > MAX_SEATS) {
            revert TooManySeats(job, progress.seats + tokenIds.length, MAX_SEATS);
        }

        uint256 cost = 0;
        uint256 fees = 0;
        for (uint256 i = 0; i < tokenIds.length; ++i) {
            (uint256 price, uint256 fee) = _addSeat(job, progress, clock, tokenIds[i], units[i]);
            cost += units[i] * price;
            fees += units[i] * fee;
        }
        data.progress = progress;
        data.clock = clock;

        uint256 before = paymentToken.balanceOf(address(this));
        accessToken.redeemFrom(msg.sender, tokenIds, _widened(units), address(this));
        _requireReceived(before, cost);
        if (fees > 0) _take(fees);
    }

    /// @inheritdoc IJobs
    function activate(uint256 job) external {
        JobData storage data = _jobOf(job);
        Progress storage progress = data.progress;
        if (msg.sender != data.buyer) revert NotBuyer(job, msg.sender);
        if (progress.state != JobState.Open) revert WrongState(job, progress.state);
        if (block.timestamp >= data.clock.cutoff) revert PastCutoff(job, data.clock.cutoff);
        if (progress.seats == 0) revert NoSeats(job);

        progress.state = JobState.Active;
        emit JobActivated(job, progress.seats);
    }

    /// @inheritdoc IJobs
    function cancel(uint256 job) external {
        JobData storage data = _jobOf(job);
        JobState state = data.progress.state;
        if (msg.sender != data.buyer) revert NotBuyer(job, msg.sender);
        if (state == JobState.Open) return _cancelOpen(job, data);
        if (state != JobState.Active) revert WrongState(job, state);

        uint256 cutoff = block.timestamp + data.clock.roundTimeout;
        if (cutoff >= data.clock.cutoff) revert CutoffAlreadyNear(job, data.clock.cutoff);
        data.clock.cutoff = uint40(cutoff); // below the one that it replaces
        emit CutoffMoved(job, uint64(cutoff));
    }

    /// @inheritdoc IJobs
    function close(uint256 job) external {
        JobData storage data = _jobOf(job);
        Progress memory progress = data.progress;
        Clock memory clock = data.clock;
        if (progress.state == JobState.Open) {
            if (block.timestamp < clock.cutoff) revert NotClosableBefore(job, clock.cutoff);
            return _cancelOpen(job, data);
        }
        if (progress.state != JobState.Active) revert WrongState(job, progress.state);

        // From the cutoff on no round can be posted any more. Before it a void round can be posted again, so all of
        // them must be final.
        uint256 over = clock.cutoff;
        if (progress.posted == clock.rounds && progress.frozenFrom == 0 && progress.readyAt < over) {
            over = progress.readyAt;
        }
        if (block.timestamp < over) revert NotClosableBefore(job, over);

        data.progress.state = JobState.Closed;
        uint256 unpostedBonus = data.bonusPool - _accruedBonus(data, progress.posted);
        uint256 credited = _depositBeyond(data, progress.posted) + unpostedBonus;
        _credits[data.buyer] += credited;
        emit JobClosed(job, progress.posted, credited);
    }

    /// @inheritdoc IJobs
    function rotateOperator(uint256 job, uint32 index) external {
        Frozen storage frozen = _seatOf(job, index).frozen;
        uint256 dataset = frozen.dataset;
        if (registry.ownerOf(dataset) != msg.sender) revert NotDatasetOwner(dataset, msg.sender);
        (address operator, ) = registry.standingOf(dataset);
        if (operator == address(0)) revert DatasetHasNoOperator(dataset);

        frozen.operator = operator;
        emit SeatOperatorRotated(job, index, operator);
    }

    /// @inheritdoc IJobs
    function jobOf(uint256 id) external view returns (Job memory) {
        JobData storage data = _jobOf(id);
        Progress memory progress = data.progress;
        Clock memory clock = data.clock;
        return
            Job({
                state: progress.state,
                buyer: data.buyer,
                coordinator: progress.coordinator,
                terms: data.terms,
                rounds: clock.rounds,
                posted: progress.posted,
                seats: progress.seats,
                roundTimeout: clock.roundTimeout,
                cutoff: clock.cutoff,
                shortWindow: clock.shortWindow,
                longWindow: clock.longWindow,
                readyAt: progress.readyAt,
                frozenFrom: progress.frozenFrom,
                bonusPool: data.bonusPool,
                arbiter: data.conditions.arbiter,
                arbiterFee: data.conditions.arbiterFee,
                fee: data.conditions.fee
            });
    }

    /// @inheritdoc IJobs
    function seatOf(uint256 job, uint32 index) external view returns (Seat memory) {
        SeatData memory seat = _seatOf(job, index);
        (, uint96 price, ) = accessToken.unitOf(seat.frozen.tokenId);
        return
            Seat({
                dataset: seat.frozen.dataset,
                operator: seat.frozen.operator,
                tokenId: seat.frozen.tokenId,
                price: price,
                units: seat.frozen.units,
                claimedUnits: seat.paid.claimedUnits,
                refundedUnits: seat.paid.refundedUnits,
                collectedUnits: seat.paid.collectedUnits,
                claimedBonus: seat.paid.claimedBonus
            });
    }

    /// @dev Writes one slot of its own; the two structs in memory are written once a call.
    function _addSeat(
        uint256 job,
        Progress memory progress,
        Clock memory clock,
        uint256 tokenId,
        uint32 units
    ) private returns (uint96 price, uint256 fee) {
        uint256 dataset;
        uint64 validUntil;
        (dataset, price, validUntil) = accessToken.unitOf(tokenId);
        (address operator, bool retired) = registry.standingOf(dataset);
        if (units == 0 || units > clock.rounds) revert UnitsOutOfRange(tokenId, units, clock.rounds);
        if (dataset <= clock.lastDataset) revert DatasetsOutOfOrder(job, dataset, clock.lastDataset);
        if (block.timestamp > validUntil) revert OfferExpired(tokenId, validUntil);
        if (retired) revert DatasetIsRetired(dataset);
        if (operator == address(0)) revert DatasetHasNoOperator(dataset);

        uint32 index = progress.seats;
        ++progress.seats;
        clock.lastDataset = uint40(dataset); // see Frozen
        _seats[job][index].frozen = Frozen({
            operator: operator,
            tokenId: uint40(tokenId),
            dataset: uint40(dataset),
            units: uint16(units) // at most the job's rounds
        });
        fee = _fee(price, _jobs[job].conditions.fee);
        _addToTier(job, clock, units, price + fee);
        emit SeatAdded(job, dataset, index, operator, tokenId, price, units);
    }

    function _addToTier(uint256 job, Clock memory clock, uint32 units, uint256 charge) private {
        Tier[MAX_TIERS] storage tiers = _jobs[job].tiers;
        for (uint256 i = 0; i < clock.tiers; ++i) {
            Tier memory tier = tiers[i];
            if (tier.units != units) continue;
            tiers[i] = Tier({units: units, charges: tier.charges + uint224(charge)});
            return;
        }
        if (clock.tiers == MAX_TIERS) revert TooManyTiers(job, units);
        tiers[clock.tiers] = Tier({units: units, charges: uint224(charge)}); // 1,024 times uint97 fits
        ++clock.tiers;
    }

    function _widened(uint32[] calldata units) private pure returns (uint256[] memory amounts) {
        amounts = new uint256[](units.length);
        for (uint256 i = 0; i < units.length; ++i) amounts[i] = units[i];
    }

    /// @dev Ends a job that never started: everything goes back.
    function _cancelOpen(uint256 job, JobData storage data) private {
        data.progress.state = JobState.Cancelled;
        uint256 credited = _depositBeyond(data, 0) + data.bonusPool;
        _credits[data.buyer] += credited;
        emit JobCancelled(job, credited);
    }

    /// @dev The caller's coins, by its approval.
    function _take(uint256 amount) private {
        uint256 before = paymentToken.balanceOf(address(this));
        paymentToken.safeTransferFrom(msg.sender, address(this), amount);
        _requireReceived(before, amount);
    }

    function _requireReceived(uint256 before, uint256 expected) private view {
        uint256 received = paymentToken.balanceOf(address(this)) - before;
        if (received != expected) revert WrongAmountReceived(expected, received);
    }
}
