/** What every command of a buyer works with. */
import type { SigningKey } from 'ethers';
import type { SendingContracts } from '#contracts/connect.ts';
import type { BlockStore } from '#datasets/blockstore.ts';
import type { Domain } from '#protocol/typed-data.ts';

export type BuyerSetting = Readonly<{
  /** Sending as the buyer. */
  contracts: SendingContracts;
  /** The buyer's key: signs permits, evidence requests and approvals. */
  key: SigningKey;
  /** The buyer's own IPFS node. */
  store: BlockStore;
  /** The buyer's folder. */
  home: string;
}>;

export const domainOf = ({ contracts }: Pick<BuyerSetting, 'contracts'>): Domain => ({
  chainId: contracts.deployment.chainId,
  escrow: contracts.deployment.escrow,
});
