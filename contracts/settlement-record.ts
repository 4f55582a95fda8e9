/** The fields that a claim brings back to the chain, and the head that they hash to. protocol.md §5.3 */
import { AbiCoder, keccak256 } from 'ethers';
import { toBytes32, type Bytes32, type Hex } from '#protocol/units.ts';
import type { SettlementRecord } from './bindings/training-escrow.ts';

/** A settlement as its event gives it, with the head before. */
export type SettledFields = Readonly<{
  previousHead: Bytes32;
  round: number;
  attempt: number;
  manifest: Bytes32;
  payoutRoot: Bytes32;
  total: bigint;
  /** The bitmap itself. */
  participants: Hex;
  readyAt: number | bigint;
  quorum: boolean;
}>;

/** The record of a settlement: the bitmap as its digest. */
export function settlementRecord(settled: SettledFields): SettlementRecord {
  const { previousHead, round, attempt, manifest, payoutRoot, total } = settled;
  return {
    previousHead,
    round,
    attempt,
    manifest,
    payoutRoot,
    total,
    participants: toBytes32(keccak256(settled.participants)),
    readyAt: BigInt(settled.readyAt),
    quorum: settled.quorum,
  };
}

/** What the escrow stores for the round. */
export function settlementHead(job: bigint, record: SettlementRecord): Bytes32 {
  const fields = [
    ['bytes32', record.previousHead],
    ['uint256', job],
    ['uint32', record.round],
    ['uint32', record.attempt],
    ['bytes32', record.manifest],
    ['bytes32', record.payoutRoot],
    ['uint256', record.total],
    ['bytes32', record.participants],
    ['uint64', record.readyAt],
    ['bool', record.quorum],
  ] as const;
  const encoded = AbiCoder.defaultAbiCoder().encode(
    fields.map(([type]) => type),
    fields.map(([, value]) => value),
  );
  return toBytes32(keccak256(encoded));
}
