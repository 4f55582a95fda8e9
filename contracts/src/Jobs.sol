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
        _checkOpening(opening);

        job = ++_lastJob;
        JobData storage data = _jobs[job];
        data.progress = Progress({
            coordinator: opening.coordinator,
            rounds: uint16(opening.rounds),
            posted: 0,
            seats: 0,
            state: JobState.Open,
            readyAt: 0
        });
        data.clock = Clock({
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
        emit JobOpened(job, msg.sender, opening.coordinator, opening);

        if (opening.bonusPool > 0) {
            uint256 before = paymentToken.balanceOf(address(this));
            paymentToken.safeTransferFrom(msg.sender, address(this), opening.bonusPool);
            _requireReceived(before, opening.bonusPool);
        }
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

        uint256[] memory amounts = new uint256[](units.length);
        uint256 cost = 0;
        for (uint256 i = 0; i < tokenIds.length; ++i) {
            uint96 price = _addSeat(job, progress, clock, tokenIds[i], units[i]);
            amounts[i] = units[i];
            cost += units[i] * uint256(price);
        }
        data.progress = progress;
        data.clock = clock;

        uint256 before = paymentToken.balanceOf(address(this));
        accessToken.redeemFrom(msg.sender, tokenIds, amounts, address(this));
        _requireReceived(before, cost);
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

        // What was posted before the cutoff is final one long window later, so one of the two always comes.
        uint256 over = uint256(clock.cutoff) + clock.longWindow;
        if (progress.posted == progress.rounds) over = progress.readyAt;
        if (block.timestamp < over) revert NotClosableBefore(job, over);

        data.progress.state = JobState.Closed;
        uint256 unpostedBonus = data.bonusPool - _accruedBonus(data, progress.rounds, progress.posted);
        uint256 credited = _depositBeyond(data, progress.posted) + unpostedBonus;
        _credits[data.buyer] += credited;
        emit JobClosed(job, progress.posted, credited);
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
                rounds: progress.rounds,
                posted: progress.posted,
                seats: progress.seats,
                roundTimeout: clock.roundTimeout,
                cutoff: clock.cutoff,
                shortWindow: clock.shortWindow,
                longWindow: clock.longWindow,
                readyAt: progress.readyAt,
                bonusPool: data.bonusPool
            });
    }

    /// @inheritdoc IJobs
    function seatOf(uint256 job, uint32 index) external view returns (Seat memory) {
        return _seat(job, index);
    }

    /// @inheritdoc IJobs
    function seatsOf(
        uint256 job,
        uint32 first,
        uint32 count
    ) external view returns (Seat[] memory seats, address[] memory owners) {
        uint256 all = _jobOf(job).progress.seats;
        uint256 left = first < all ? all - first : 0;
        uint256 found = count < left ? count : left;
        seats = new Seat[](found);
        owners = new address[](found);
        for (uint256 i = 0; i < found; ++i) {
            seats[i] = _seat(job, first + i);
            owners[i] = registry.ownerOf(seats[i].dataset);
        }
    }

    function _seat(uint256 job, uint256 index) private view returns (Seat memory) {
        SeatData memory seat = _seatOf(job, index);
        (uint256 dataset, uint96 price, ) = accessToken.unitOf(seat.frozen.tokenId);
        return
            Seat({
                dataset: dataset,
                operator: seat.frozen.operator,
                tokenId: seat.frozen.tokenId,
                price: price,
                units: seat.frozen.units,
                claimedUnits: seat.paid.claimedUnits,
                refundedUnits: seat.paid.refundedUnits,
                claimedBonus: seat.paid.claimedBonus
            });
    }

    function _checkOpening(Opening calldata opening) private view {
        if (opening.terms == bytes32(0)) revert ZeroTerms();
        if (opening.coordinator == address(0)) revert ZeroCoordinator();
        if (opening.rounds == 0 || opening.rounds > MAX_ROUNDS) {
            revert RoundsOutOfRange(opening.rounds, MAX_ROUNDS);
        }
        if (opening.roundTimeout < minRoundTimeout) {
            revert RoundTimeoutTooShort(opening.roundTimeout, minRoundTimeout);
        }
        if (opening.cutoff <= block.timestamp || opening.cutoff > block.timestamp + MAX_HORIZON) {
            revert CutoffOutOfRange(opening.cutoff, block.timestamp + 1, block.timestamp + MAX_HORIZON);
        }
        if (opening.shortWindow < minShortWindow) {
            revert ShortWindowTooShort(opening.shortWindow, minShortWindow);
        }
        uint32 least = opening.shortWindow > minLongWindow ? opening.shortWindow : minLongWindow;
        if (opening.longWindow < least || opening.longWindow > MAX_WINDOW) {
            revert LongWindowOutOfRange(opening.longWindow, least, MAX_WINDOW);
        }
    }

    /// @dev Writes one slot of its own; the two structs in memory are written once a call.
    function _addSeat(
        uint256 job,
        Progress memory progress,
        Clock memory clock,
        uint256 tokenId,
        uint32 units
    ) private returns (uint96) {
        (uint256 dataset, uint96 price, uint64 validUntil) = accessToken.unitOf(tokenId);
        (address operator, bool retired) = registry.standingOf(dataset);
        if (units == 0 || units > progress.rounds) revert UnitsOutOfRange(tokenId, units, progress.rounds);
        if (dataset <= clock.lastDataset) revert DatasetsOutOfOrder(job, dataset, clock.lastDataset);
        if (block.timestamp > validUntil) revert OfferExpired(tokenId, validUntil);
        if (retired) revert DatasetIsRetired(dataset);
        if (operator == address(0)) revert DatasetHasNoOperator(dataset);

        uint32 index = progress.seats;
        ++progress.seats;
        clock.lastDataset = uint48(dataset); // both ids count from 1 in steps of 1, so they fit
        _seats[job][index].frozen = Frozen({operator: operator, tokenId: uint64(tokenId), units: units});
        _addToTier(job, clock, units, price);
        emit SeatAdded(job, dataset, index, operator, tokenId, price, units);
        return price;
    }

    function _addToTier(uint256 job, Clock memory clock, uint32 units, uint96 price) private {
        Tier[MAX_TIERS] storage tiers = _jobs[job].tiers;
        for (uint256 i = 0; i < clock.tiers; ++i) {
            Tier memory tier = tiers[i];
            if (tier.units != units) continue;
            tiers[i] = Tier({units: units, prices: tier.prices + price});
            return;
        }
        if (clock.tiers == MAX_TIERS) revert TooManyTiers(job, units);
        tiers[clock.tiers] = Tier({units: units, prices: price});
        ++clock.tiers;
    }

    /// @dev Ends a job that never started: everything goes back.
    function _cancelOpen(uint256 job, JobData storage data) private {
        data.progress.state = JobState.Cancelled;
        uint256 credited = _depositBeyond(data, 0) + data.bonusPool;
        _credits[data.buyer] += credited;
        emit JobCancelled(job, credited);
    }

    function _requireReceived(uint256 before, uint256 expected) private view {
        uint256 received = paymentToken.balanceOf(address(this)) - before;
        if (received != expected) revert WrongAmountReceived(expected, received);
    }
}
