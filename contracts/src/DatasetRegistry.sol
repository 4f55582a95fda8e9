// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ERC721} from "@openzeppelin/contracts/token/ERC721/ERC721.sol";

import {DescriptorUri} from "./DescriptorUri.sol";
import {IDatasetRegistry} from "./interfaces/IDatasetRegistry.sol";

/// @dev See {IDatasetRegistry}.
contract DatasetRegistry is ERC721, IDatasetRegistry {
    struct Dataset {
        bytes32 manifest;
        // One slot: what every sale and every new seat reads.
        address operator;
        bool retired;
    }

    mapping(uint256 id => Dataset) private _datasets;
    uint256 private _lastId;

    constructor() ERC721("Tributary Dataset", "TDATA") {}

    /// @inheritdoc IDatasetRegistry
    function register(bytes32 manifest, address operator) external returns (uint256 dataset) {
        if (manifest == bytes32(0)) revert ZeroManifest();
        if (operator == address(0)) revert ZeroOperator();

        dataset = ++_lastId;
        _datasets[dataset] = Dataset({manifest: manifest, operator: operator, retired: false});
        emit DatasetRegistered(dataset, msg.sender, manifest, operator);

        // Not _safeMint: the caller asked for it, and a callback would only open a door.
        _mint(msg.sender, dataset);
    }

    /// @inheritdoc IDatasetRegistry
    function setOperator(uint256 dataset, address operator) external {
        if (operator == address(0)) revert ZeroOperator();

        _ownedAndLive(dataset).operator = operator;
        emit OperatorSet(dataset, operator);
    }

    /// @inheritdoc IDatasetRegistry
    function retire(uint256 dataset) external {
        _ownedAndLive(dataset).retired = true;
        emit DatasetRetired(dataset);
    }

    /// @inheritdoc IDatasetRegistry
    function datasetOf(uint256 id) external view returns (bytes32 manifest, address operator, bool retired) {
        _requireOwned(id);
        Dataset storage found = _datasets[id];
        return (found.manifest, found.operator, found.retired);
    }

    /// @inheritdoc IDatasetRegistry
    function standingOf(uint256 id) external view returns (address operator, bool retired) {
        Dataset storage found = _datasets[id];
        return (found.operator, found.retired);
    }

    /// @notice The dataset's descriptor on IPFS (ERC-721 metadata).
    function tokenURI(uint256 id) public view override returns (string memory) {
        _requireOwned(id);
        return DescriptorUri.from(_datasets[id].manifest);
    }

    /// @dev The operator key is on the seller's machine: it must not sign for the new owner.
    function _update(address to, uint256 id, address auth) internal override returns (address from) {
        from = super._update(to, id, auth);
        if (from != address(0)) {
            _datasets[id].operator = address(0);
            emit OperatorSet(id, address(0));
        }
    }

    function _ownedAndLive(uint256 id) private view returns (Dataset storage dataset) {
        if (_requireOwned(id) != msg.sender) revert NotDatasetOwner(id, msg.sender);
        dataset = _datasets[id];
        if (dataset.retired) revert DatasetIsRetired(id);
    }
}
