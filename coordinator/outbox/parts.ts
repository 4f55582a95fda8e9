/** What the parts of an outbox share: one account of one chain, and where its transactions are kept. */
import { Transaction, type BaseWallet, type Provider } from 'ethers';
import type { GasPrice } from '#contracts/gas-price.ts';
import type { Address, Bytes32, Hex } from '#protocol/units.ts';
import type { Log } from '../driver/log.ts';
import type { Draft, OutboxRow, OutboxRows, Version } from '../store/outbox-rows.ts';
import type { Pace } from './pace.ts';

/** Where a transaction may be cut off. */
export type CutPoint = 'before-broadcast' | 'after-broadcast' | 'after-receipt';

export type OutboxParts = Readonly<{
  wallet: BaseWallet;
  provider: Provider;
  chainId: number;
  account: Address;
  rows: OutboxRows;
  pace: Pace;
  /** Most wei for a unit of gas; null: any. */
  cap: bigint | null;
  log: Log;
  /** The test hook: may stand still for ever. */
  reached(point: CutPoint, row: OutboxRow): Promise<void>;
}>;

/** @param block the latest one, by which is told how long the version waits */
export async function signVersion(
  { wallet, chainId }: OutboxParts,
  { call, gas }: Pick<Draft, 'call' | 'gas'>,
  nonce: number,
  price: GasPrice,
  block: number,
): Promise<Version> {
  const { to = null, data, value = 0n } = call;
  const fields = { type: 2, chainId, nonce, to, data, value, gasLimit: gas, ...price };
  const raw = await wallet.signTransaction(fields);
  return { ...price, hash: Transaction.from(raw).hash as Bytes32, raw: raw as Hex, block, at: Date.now() };
}

/** Of several signed forms the one that counts now. */
export function newest({ versions }: OutboxRow): Version {
  const version = versions.at(-1);
  if (!version) throw new TypeError('a transaction without a signed form');
  return version;
}

/** What a log says of a transaction. */
export const factsOfRow = (row: OutboxRow): object => ({
  purpose: row.purpose,
  nonce: row.nonce,
  transaction: newest(row).hash,
});
