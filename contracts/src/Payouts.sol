// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

import {Settlements} from "./Settlements.sol";
import {IPayouts} from "./interfaces/IPayouts.sol";

/// @dev Claims, refunds and withdrawals. Why no root can make the escrow insolvent: see {IPayouts}.
abstract contract Payouts is Settlements, ReentrancyGuardTransient, IPayouts {
    using SafeERC20 for IERC20;

    /// @inheritdoc IPayouts
    function claim(
        uint256 job,
        SettlementRecord calldata record,
        Leaf calldata leaf,
        bytes32[] calldata proof,
        address to
    ) external nonReentrant {
        (uint256 amount, uint256 dataset, address owner) = _claim(job, record, leaf, proof);
        if (owner != msg.sender) revert NotDatasetOwner(dataset, msg.sender);
        paymentToken.safeTransfer(to, amount);
    }

    /// @inheritdoc IPayouts
    function claimFor(
        uint256 job,
        SettlementRecord calldata record,
        Leaf calldata leaf,
        bytes32[] calldata proof
    ) external nonReentrant {
        (uint256 amount, , address owner) = _claim(job, record, leaf, proof);
        paymentToken.safeTransfer(owner, amount);
    }

    /// @inheritdoc IPayouts
    function refundSeats(
        uint256 job,
        SettlementRecord calldata record,
        Leaf[] calldata leaves,
        bytes32[][] calldata proofs
    ) external {
        JobData storage data = _jobOf(job);
        Progress memory progress = data.progress;
        if (progress.state != JobState.Closed) revert WrongState(job, progress.state);
        if (record.round != progress.posted) revert NotTheLastRound(job, record.round, progress.posted);
        _requireFinal(job, record);
        if (leaves.length != proofs.length) revert LeavesWithoutProofs(leaves.length, proofs.length);

        Bonus memory bonus = data.bonus;
        uint256 provedBefore = bonus.seatsProved;
        uint256 credited = 0;
        for (uint256 i = 0; i < leaves.length; ++i) {
            _requireInPayouts(job, record.payoutRoot, leaves[i], proofs[i]);
            credited += _refundSeat(job, leaves[i], record.round, bonus);
        }
        if (credited == 0 && bonus.seatsProved == provedBefore) revert NothingToRefund(job);

        data.bonus = bonus;
        if (bonus.seatsProved == progress.seats && provedBefore < progress.seats) {
            uint256 unpromised = _accruedBonus(data, progress.posted) - _bonusLimit(data, progress.posted);
            emit BonusRefunded(job, unpromised);
            credited += unpromised;
        }
        _credits[data.buyer] += credited;
    }

    /// @inheritdoc IPayouts
    function collectFees(uint256 job, uint32[] calldata seats) external {
        uint256 basisPoints = _jobOf(job).conditions.fee;
        uint256 credited = 0;
        for (uint256 i = 0; i < seats.length; ++i) {
            SeatData storage seat = _seatOf(job, seats[i]);
            Paid memory paid = seat.paid;
            uint256 units = paid.claimedUnits - paid.collectedUnits;
            seat.paid.collectedUnits = paid.claimedUnits;
            credited += units * _fee(_price(seat.frozen, paid), basisPoints);
        }
        if (credited == 0) revert NothingToCollect(job);

        _credits[feeRecipient] += credited;
        emit FeesCollected(job, credited);
    }

    /// @inheritdoc IPayouts
    function withdraw() external nonReentrant {
        uint256 amount = _credits[msg.sender];
        if (amount == 0) revert NothingToWithdraw(msg.sender);

        _credits[msg.sender] = 0;
        emit Withdrawn(msg.sender, amount);
        paymentToken.safeTransfer(msg.sender, amount);
    }

    /// @inheritdoc IPayouts
    function credits(address account) external view returns (uint256) {
        return _credits[account];
    }

    /// @dev Everything but the transfer; the owner is the dataset's at this moment.
    function _claim(
        uint256 job,
        SettlementRecord calldata record,
        Leaf calldata leaf,
        bytes32[] calldata proof
    ) private returns (uint256 amount, uint256 dataset, address owner) {
        _requireFinal(job, record);
        _requireInPayouts(job, record.payoutRoot, leaf, proof);
        SeatData storage seat = _seatOf(job, leaf.seat);
        Frozen memory frozen = seat.frozen;
        Paid memory paid = seat.paid;

        uint16 units = _unitsDue(job, record.round, leaf.units, frozen.units, paid);
        uint96 bonus = _takeBonus(job, record.round, leaf.bonus, paid.claimedBonus);
        if (units == 0 && bonus == 0) revert NothingToClaim(job, leaf.seat);

        amount = units * _price(frozen, paid) + bonus;
        paid.claimedUnits += units;
        paid.claimedBonus += bonus;
        seat.paid = paid;

        dataset = frozen.dataset;
        owner = registry.ownerOf(dataset);
        emit Claimed(job, leaf.seat, owner, record.round, units, bonus, amount);
    }

    /// @dev Rounds that a leaf still has to be paid, whatever it says: within the seat's units and the claimed round,
    /// and, after a refund, within what the refund left of the posted rounds.
    function _unitsDue(
        uint256 job,
        uint32 round,
        uint32 promised,
        uint32 held,
        Paid memory paid
    ) private view returns (uint16) {
        uint256 most = Math.min(promised, Math.min(held, round));
        if (paid.refundedUnits > 0) {
            most = Math.min(most, Math.min(held, _jobs[job].progress.posted) - paid.refundedUnits);
        }
        // At most `held`, so it fits.
        return most > paid.claimedUnits ? uint16(most - paid.claimedUnits) : 0;
    }

    /// @dev Bonus that a leaf still has to be paid, as far as the claimed round has accrued it; booked at once. A leaf
    /// that asks for more gets what is there: over-promised bonus must not hold up base pay.
    function _takeBonus(uint256 job, uint32 round, uint96 promised, uint96 claimed) private returns (uint96 due) {
        if (promised <= claimed) return 0;
        JobData storage data = _jobs[job];
        uint256 limit = _bonusLimit(data, round);
        uint96 taken = data.bonus.claimed;
        if (limit <= taken) return 0;

        due = uint96(Math.min(promised - claimed, limit - taken)); // at most `promised`, so it fits
        data.bonus.claimed = taken + due;
    }

    /// @dev Most bonus that may ever have been claimed at this round: what was accrued, and once the leaves of all
    /// seats are shown, no more than they promise or was claimed before (a root may hold two leaves for a seat). From
    /// then on this is fixed for the last round, and the rest is the buyer's.
    function _bonusLimit(JobData storage data, uint256 round) private view returns (uint256) {
        uint256 accrued = _accruedBonus(data, round);
        Bonus memory bonus = data.bonus;
        if (bonus.seatsProved < data.progress.seats) return accrued;
        return Math.min(accrued, Math.max(bonus.proved, bonus.claimed));
    }

    /// @dev Refunds the posted rounds of a seat that its last leaf does not promise and nobody has claimed.
    function _refundSeat(
        uint256 job,
        Leaf calldata leaf,
        uint32 posted,
        Bonus memory bonus
    ) private returns (uint256 amount) {
        SeatData storage seat = _seatOf(job, leaf.seat);
        Frozen memory frozen = seat.frozen;
        Paid memory paid = seat.paid;
        if (!paid.proved) {
            paid.proved = true;
            ++bonus.seatsProved;
            bonus.proved += uint112(Math.max(leaf.bonus, paid.claimedBonus)); // 1,024 times uint96 fits
        }

        uint256 most = Math.min(frozen.units, posted);
        uint256 kept = Math.max(Math.min(leaf.units, most), paid.claimedUnits) + paid.refundedUnits;
        if (kept < most) {
            uint16 units = uint16(most - kept); // at most the seat's units
            paid.refundedUnits += units;
            uint256 price = _price(frozen, paid);
            amount = units * (price + _fee(price, _jobs[job].conditions.fee));
            emit SeatRefunded(job, leaf.seat, units, amount);
        }
        seat.paid = paid;
    }

    function _requireInPayouts(
        uint256 job,
        bytes32 payoutRoot,
        Leaf calldata leaf,
        bytes32[] calldata proof
    ) private pure {
        // Hashed twice: no inner node of a tree can be passed off as a leaf.
        bytes32 hashed = keccak256(bytes.concat(keccak256(abi.encode(job, leaf.seat, leaf.units, leaf.bonus))));
        if (!MerkleProof.verifyCalldata(proof, payoutRoot, hashed)) revert NotInPayouts(job, leaf.seat);
    }
}
