// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";

/// @title The datasets that may earn: one ERC-721 token each. protocol.md §5.1
/// @notice A dataset is a digest of its descriptor, the key of the machine that trains on it, and its owner.
/// The rows themselves never come near a chain.
interface IDatasetRegistry is IERC721 {
    /// @param dataset  the new token's id, sequential from 1
    /// @param manifest SHA-256 of the descriptor's block
    /// @param operator key that signs the protocol's messages for this dataset
    event DatasetRegistered(uint256 indexed dataset, address indexed owner, bytes32 manifest, address operator);

    /// @param operator zero after a transfer: the new owner sets its own
    event OperatorSet(uint256 indexed dataset, address operator);

    event DatasetRetired(uint256 indexed dataset);

    /// @dev A dataset without a descriptor can't be audited.
    error ZeroManifest();

    /// @dev Nobody can sign with the zero address; to stop new seats, retire the dataset.
    error ZeroOperator();

    error NotDatasetOwner(uint256 dataset, address caller);

    /// @dev Retirement is final. Jobs that already hold a seat go on.
    error DatasetIsRetired(uint256 dataset);

    /// @notice Registers a dataset to the caller.
    /// @return dataset sequential from 1
    function register(bytes32 manifest, address operator) external returns (uint256 dataset);

    /// @notice Replaces the operator key for future jobs; by the owner.
    function setOperator(uint256 dataset, address operator) external;

    /// @notice No more offers, sales or seats, for ever; by the owner. Units already sold stay redeemable.
    function retire(uint256 dataset) external;

    /// @notice All that is known of a dataset; reverts when there is none.
    function datasetOf(uint256 id) external view returns (bytes32 manifest, address operator, bool retired);

    /// @notice What a sale or a new seat needs, in one storage slot.
    /// @return operator zero for an unknown dataset, and from a transfer until the new owner sets one
    function standingOf(uint256 id) external view returns (address operator, bool retired);
}
