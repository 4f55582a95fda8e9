// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

import {IDisputes} from "./interfaces/IDisputes.sol";
import {ITrainingEscrow} from "./interfaces/ITrainingEscrow.sol";
import {ISettlements} from "./interfaces/ISettlements.sol";

/// @dev See {IDisputes}.
contract Disputes is ReentrancyGuardTransient, IDisputes {
    using SafeERC20 for IERC20;

    /// @dev A bond is at least one twentieth of what a round charges.
    uint256 private constant BOND_SHARE = 20;

    ITrainingEscrow private immutable _escrow;

    /// @inheritdoc IDisputes
    IERC20 public immutable paymentToken;
    /// @inheritdoc IDisputes
    uint32 public immutable defenceWindow;
    /// @inheritdoc IDisputes
    uint32 public immutable judgementWindow;

    mapping(bytes32 head => Dispute) private _disputes;
    mapping(address account => uint256) private _credits;

    /// @param escrow_ deployed after this contract, at an address that is known before
    constructor(ITrainingEscrow escrow_, IERC20 paymentToken_, uint32 defenceWindow_, uint32 judgementWindow_) {
        if (defenceWindow_ == 0 || judgementWindow_ == 0) revert ZeroWindow();
        _escrow = escrow_;
        paymentToken = paymentToken_;
        defenceWindow = defenceWindow_;
        judgementWindow = judgementWindow_;
    }

    /// @inheritdoc IDisputes
    function challenge(
        uint256 job,
        ISettlements.SettlementRecord calldata record,
        bytes32 evidence
    ) external nonReentrant returns (bytes32 head) {
        if (evidence == bytes32(0)) revert ZeroEvidence();
        Dispute memory dispute = _frozen(job, record);
        head = _escrow.headOf(job, record.round);
        if (_disputes[head].status != Status.None) revert AlreadyDisputed(head);

        _disputes[head] = dispute;
        emit Challenged(
            head,
            job,
            dispute.round,
            msg.sender,
            dispute.coordinator,
            dispute.arbiter,
            dispute.bond,
            dispute.deadline,
            evidence
        );
        _takeBond(dispute.bond);
    }

    /// @inheritdoc IDisputes
    function defend(bytes32 head, bytes32 evidence) external nonReentrant {
        Dispute storage dispute = _in(head, Status.Open);
        _requireOngoing(head, dispute);
        if (evidence == bytes32(0)) revert ZeroEvidence();

        uint64 deadline = uint64(block.timestamp + judgementWindow);
        (dispute.status, dispute.deadline, dispute.defender) = (Status.Defended, deadline, msg.sender);
        emit Defended(head, dispute.job, msg.sender, deadline, evidence);
        _takeBond(dispute.bond);
    }

    /// @inheritdoc IDisputes
    function fileEvidence(bytes32 head, bytes32 evidence) external {
        Dispute storage dispute = _existing(head);
        if (dispute.status > Status.Defended) revert WrongStatus(head, dispute.status);
        if (
            msg.sender != dispute.challenger && msg.sender != dispute.defender && msg.sender != dispute.coordinator
        ) revert NotPartyOf(head, msg.sender);
        if (evidence == bytes32(0)) revert ZeroEvidence();

        emit EvidenceFiled(head, dispute.job, msg.sender, evidence);
    }

    /// @inheritdoc IDisputes
    function judge(bytes32 head, bool stands) external {
        Dispute storage dispute = _in(head, Status.Defended);
        if (msg.sender != dispute.arbiter) revert NotArbiterOf(head, msg.sender);
        _requireOngoing(head, dispute);

        address winner = stands ? dispute.defender : dispute.challenger;
        _credits[dispute.arbiter] += dispute.arbiterFee;
        _credits[winner] += 2 * dispute.bond - dispute.arbiterFee; // the fee is at most the bond
        _conclude(head, dispute, stands ? Status.Stood : Status.Voided, true);
    }

    /// @inheritdoc IDisputes
    function conclude(bytes32 head) external {
        Dispute storage dispute = _existing(head);
        Status status = dispute.status;
        if (status > Status.Defended) revert WrongStatus(head, status);
        bool moot = _isMoot(head, dispute);
        if (!moot && block.timestamp <= dispute.deadline) revert NotConcludableBefore(head, dispute.deadline);

        _credits[dispute.challenger] += dispute.bond;
        if (status == Status.Defended) _credits[dispute.defender] += dispute.bond;
        if (moot) return _conclude(head, dispute, Status.Moot, false);
        bool stands = status == Status.Defended && dispute.quorum;
        _conclude(head, dispute, stands ? Status.Stood : Status.Voided, false);
    }

    /// @inheritdoc IDisputes
    function withdraw() external nonReentrant {
        uint256 amount = _credits[msg.sender];
        if (amount == 0) revert NoBondToWithdraw(msg.sender);

        _credits[msg.sender] = 0;
        emit BondWithdrawn(msg.sender, amount);
        paymentToken.safeTransfer(msg.sender, amount);
    }

    /// @inheritdoc IDisputes
    function disputeOf(bytes32 head) external view returns (Dispute memory) {
        return _disputes[head];
    }

    /// @inheritdoc IDisputes
    function bondOf(uint256 job) external view returns (uint256) {
        (uint256 arbiterFee, uint256 roundValue) = _escrow.stakesOf(job);
        return _bond(arbiterFee, roundValue);
    }

    /// @inheritdoc IDisputes
    function credits(address account) external view returns (uint256) {
        return _credits[account];
    }

    /// @inheritdoc IDisputes
    function escrow() external view returns (address) {
        return address(_escrow);
    }

    /// @dev Tells the escrow, unless it has taken the round back already.
    function _conclude(bytes32 head, Dispute storage dispute, Status status, bool judged) private {
        dispute.status = status;
        emit Concluded(head, dispute.job, status, judged);
        if (status == Status.Stood) _escrow.uphold(dispute.job, dispute.round);
        if (status == Status.Voided) _escrow.void(dispute.job, dispute.round);
    }

    /// @dev The escrow refuses a record that is not the posting's.
    function _frozen(uint256 job, ISettlements.SettlementRecord calldata record) private returns (Dispute memory) {
        (address coordinator, address arbiter, uint256 arbiterFee, uint256 roundValue) = _escrow.freeze(job, record);
        return
            Dispute({
                status: Status.Open,
                job: job,
                round: record.round,
                quorum: record.quorum,
                deadline: uint64(block.timestamp + defenceWindow),
                challenger: msg.sender,
                coordinator: coordinator,
                defender: address(0),
                arbiter: arbiter,
                arbiterFee: arbiterFee,
                bond: _bond(arbiterFee, roundValue)
            });
    }

    function _takeBond(uint256 bond) private {
        uint256 before = paymentToken.balanceOf(address(this));
        paymentToken.safeTransferFrom(msg.sender, address(this), bond);
        uint256 received = paymentToken.balanceOf(address(this)) - before;
        if (received != bond) revert WrongBondReceived(bond, received);
    }

    function _requireOngoing(bytes32 head, Dispute storage dispute) private view {
        if (_isMoot(head, dispute)) revert DisputeIsMoot(head);
        if (block.timestamp > dispute.deadline) revert DeadlineOver(head, dispute.deadline);
    }

    /// @dev The escrow took the round back with an earlier one; what may be posted in its place has another head.
    function _isMoot(bytes32 head, Dispute storage dispute) private view returns (bool) {
        return _escrow.headOf(dispute.job, dispute.round) != head;
    }

    function _existing(bytes32 head) private view returns (Dispute storage dispute) {
        dispute = _disputes[head];
        if (dispute.status == Status.None) revert NoSuchDispute(head);
    }

    function _in(bytes32 head, Status status) private view returns (Dispute storage dispute) {
        dispute = _existing(head);
        if (dispute.status != status) revert WrongStatus(head, dispute.status);
    }

    function _bond(uint256 arbiterFee, uint256 roundValue) private pure returns (uint256) {
        return Math.max(arbiterFee, Math.ceilDiv(roundValue, BOND_SHARE));
    }
}
