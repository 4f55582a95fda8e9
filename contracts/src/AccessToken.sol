// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ERC1155} from "@openzeppelin/contracts/token/ERC1155/ERC1155.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

import {DescriptorUri} from "./DescriptorUri.sol";
import {IAccessToken} from "./interfaces/IAccessToken.sol";
import {IDatasetRegistry} from "./interfaces/IDatasetRegistry.sol";

/// @dev See {IAccessToken}.
contract AccessToken is ERC1155, ReentrancyGuardTransient, IAccessToken {
    using SafeERC20 for IERC20;

    struct OfferData {
        // One slot: what a new seat reads.
        uint64 dataset;
        uint96 price;
        uint64 validUntil;
        uint32 cap;
        bytes32 terms;
        uint32 sold;
    }

    /// @inheritdoc IAccessToken
    IDatasetRegistry public immutable registry;

    /// @inheritdoc IAccessToken
    IERC20 public immutable paymentToken;

    mapping(uint256 tokenId => OfferData) private _offers;
    uint256 private _lastId;

    constructor(IDatasetRegistry registry_, IERC20 paymentToken_) ERC1155("") {
        registry = registry_;
        paymentToken = paymentToken_;
    }

    /// @inheritdoc IAccessToken
    function offer(
        uint256 dataset,
        bytes32 terms,
        uint96 price,
        uint64 validUntil,
        uint32 cap
    ) external returns (uint256 tokenId) {
        if (registry.ownerOf(dataset) != msg.sender) revert NotDatasetOwner(dataset, msg.sender);
        _requireLive(dataset);
        if (terms == bytes32(0)) revert ZeroTerms();
        if (cap == 0) revert ZeroCap();

        tokenId = ++_lastId;
        if (validUntil < block.timestamp) revert OfferExpired(tokenId, validUntil);

        _offers[tokenId] = OfferData({
            dataset: uint64(dataset), // the registry counts from 1: an id that has an owner fits
            price: price,
            validUntil: validUntil,
            cap: cap,
            terms: terms,
            sold: 0
        });
        emit OfferMade(tokenId, dataset, terms, price, validUntil, cap);
    }

    /// @inheritdoc IAccessToken
    function buy(uint256 tokenId, uint256 amount) external nonReentrant {
        _buy(tokenId, amount);
    }

    /// @inheritdoc IAccessToken
    function buyWithPermit(
        uint256 tokenId,
        uint256 amount,
        uint256 deadline,
        uint8 v,
        bytes32 r,
        bytes32 s
    ) external nonReentrant {
        uint256 cost = amount * _offer(tokenId).price;
        try IERC20Permit(address(paymentToken)).permit(msg.sender, address(this), cost, deadline, v, r, s) {} catch {
            // Front-run or not, the allowance decides in _buy.
        }
        _buy(tokenId, amount);
    }

    /// @inheritdoc IAccessToken
    function redeem(uint256 tokenId, uint256 amount) external nonReentrant {
        if (amount == 0) revert ZeroAmount();

        _burn(msg.sender, tokenId, amount);
        _pay(msg.sender, msg.sender, amount * _offers[tokenId].price);
    }

    /// @inheritdoc IAccessToken
    function redeemFrom(
        address holder,
        uint256[] calldata tokenIds,
        uint256[] calldata amounts,
        address to
    ) external nonReentrant returns (uint256 paid) {
        _checkAuthorized(msg.sender, holder);

        _burnBatch(holder, tokenIds, amounts); // refuses lists of different lengths
        for (uint256 i = 0; i < tokenIds.length; ++i) {
            paid += amounts[i] * _offers[tokenIds[i]].price; // what was burned has an offer
        }
        _pay(holder, to, paid);
    }

    /// @inheritdoc IAccessToken
    function offerOf(uint256 tokenId) external view returns (Offer memory) {
        OfferData storage found = _offer(tokenId);
        return
            Offer({
                dataset: found.dataset,
                terms: found.terms,
                price: found.price,
                validUntil: found.validUntil,
                cap: found.cap,
                sold: found.sold
            });
    }

    /// @inheritdoc IAccessToken
    function unitOf(uint256 tokenId) external view returns (uint256 dataset, uint96 price, uint64 validUntil) {
        OfferData storage found = _offer(tokenId);
        return (found.dataset, found.price, found.validUntil);
    }

    /// @notice The descriptor, on IPFS, of the dataset that a unit is for (ERC-1155 metadata).
    function uri(uint256 tokenId) public view override returns (string memory) {
        (bytes32 manifest, , ) = registry.datasetOf(_offer(tokenId).dataset);
        return DescriptorUri.from(manifest);
    }

    function _buy(uint256 tokenId, uint256 amount) private {
        OfferData storage chosen = _offer(tokenId);
        if (amount == 0) revert ZeroAmount();
        if (block.timestamp > chosen.validUntil) revert OfferExpired(tokenId, chosen.validUntil);
        _requireLive(chosen.dataset);
        uint256 left = chosen.cap - chosen.sold;
        if (amount > left) revert CapExceeded(tokenId, amount, left);

        chosen.sold += uint32(amount); // at most `left`, so it fits
        uint256 cost = amount * chosen.price;
        emit UnitsBought(tokenId, msg.sender, amount, cost);

        uint256 before = paymentToken.balanceOf(address(this));
        paymentToken.safeTransferFrom(msg.sender, address(this), cost);
        uint256 received = paymentToken.balanceOf(address(this)) - before;
        if (received != cost) revert WrongAmountReceived(cost, received);

        _mint(msg.sender, tokenId, amount, "");
    }

    function _pay(address holder, address to, uint256 paid) private {
        emit UnitsRedeemed(holder, to, paid);
        paymentToken.safeTransfer(to, paid);
    }

    function _offer(uint256 tokenId) private view returns (OfferData storage found) {
        found = _offers[tokenId];
        if (found.cap == 0) revert UnknownOffer(tokenId);
    }

    function _requireLive(uint256 dataset) private view {
        (, bool retired) = registry.standingOf(dataset);
        if (retired) revert DatasetIsRetired(dataset);
    }
}
