// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC1155} from "@openzeppelin/contracts/token/ERC1155/IERC1155.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

import {IDatasetRegistry} from "./IDatasetRegistry.sol";

/// @title Access to a dataset for one round, as a fully collateralised voucher. protocol.md §5.1
/// @notice One token id is one offer: dataset, terms and price never change. One unit is worth its price in the
/// payment token at any time, until a job takes it; so a retired dataset, a vanished owner or a job that never starts
/// costs its holder nothing. The contract always holds at least the sum of supply times price.
interface IAccessToken is IERC1155 {
    /// @param dataset    registry id
    /// @param terms      SHA-256 of the terms of use that the sale binds
    /// @param price      of one unit, in the payment token's base unit; zero is a gift
    /// @param validUntil the last second at which a unit may be bought or take a seat
    /// @param cap        most units ever sold, redeemed ones included
    /// @param sold       units sold so far
    struct Offer {
        uint256 dataset;
        bytes32 terms;
        uint96 price;
        uint64 validUntil;
        uint32 cap;
        uint32 sold;
    }

    event OfferMade(
        uint256 indexed tokenId,
        uint256 indexed dataset,
        bytes32 terms,
        uint96 price,
        uint64 validUntil,
        uint32 cap
    );

    /// @param paid amount taken from the buyer, in base units
    event UnitsBought(uint256 indexed tokenId, address indexed buyer, uint256 amount, uint256 paid);

    /// @dev The units themselves are in the ERC-1155 transfer event of the same call.
    event UnitsRedeemed(address indexed holder, address indexed to, uint256 paid);

    error NotDatasetOwner(uint256 dataset, address caller);
    error DatasetIsRetired(uint256 dataset);
    error ZeroTerms();
    error ZeroCap();
    error ZeroAmount();
    error UnknownOffer(uint256 tokenId);
    error OfferExpired(uint256 tokenId, uint64 validUntil);
    error CapExceeded(uint256 tokenId, uint256 amount, uint256 left);

    /// @dev The payment token took a fee or lied: its balance moved by another amount.
    error WrongAmountReceived(uint256 expected, uint256 received);

    /// @notice Offers a dataset under one set of terms; by its owner.
    /// @return tokenId sequential from 1
    function offer(
        uint256 dataset,
        bytes32 terms,
        uint96 price,
        uint64 validUntil,
        uint32 cap
    ) external returns (uint256 tokenId);

    /// @notice Buys units for exactly `amount` times the price, which the caller has approved.
    function buy(uint256 tokenId, uint256 amount) external;

    /// @notice Buys with an ERC-2612 permit in the same transaction.
    /// @dev Whoever sees the permit may spend it first, so its failure is ignored: the allowance alone decides.
    function buyWithPermit(
        uint256 tokenId,
        uint256 amount,
        uint256 deadline,
        uint8 v,
        bytes32 r,
        bytes32 s
    ) external;

    /// @notice Burns the caller's units for their price, at any time.
    function redeem(uint256 tokenId, uint256 amount) external;

    /// @notice Burns a holder's units and sends their price to `to`; by the holder or its ERC-1155 operator.
    /// @dev This is how an escrow takes units: it has no right here that the holder has not given it.
    /// @return paid the sum of amount times price
    function redeemFrom(
        address holder,
        uint256[] calldata tokenIds,
        uint256[] calldata amounts,
        address to
    ) external returns (uint256 paid);

    /// @notice An offer with its sales; reverts when there is none.
    function offerOf(uint256 tokenId) external view returns (Offer memory);

    /// @notice What one unit stands for, in one storage slot; reverts when there is no such offer.
    function unitOf(uint256 tokenId) external view returns (uint256 dataset, uint96 price, uint64 validUntil);

    function registry() external view returns (IDatasetRegistry);

    function paymentToken() external view returns (IERC20);
}
