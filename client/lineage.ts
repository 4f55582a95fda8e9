/** An owner's own copy of what it attested: manifest and payout leaves, so that a claim needs nobody. protocol.md §4.7 */
import { join } from 'node:path';
import { decodeBlock, encodeBlock } from '#protocol/dag.ts';
import type { AttemptId } from '#protocol/job-id.ts';
import { payoutsSchema, type Payouts } from '#protocol/manifests.ts';
import type { Domain } from '#protocol/typed-data.ts';
import { openDisk, type DiskCalls } from './journal/disk.ts';

type Round = Pick<AttemptId, 'job' | 'round'>;

export type Lineage = Readonly<{
  keep(domain: Domain, round: Round, manifest: Uint8Array, payouts: Payouts): void;
  /** The leaves that were attested for a round, or null. The caller holds them against the chain. */
  payouts(domain: Domain, round: Round): Payouts | null;
}>;

/** @param folder the client's home; copies are in `lineage` there */
export function openLineage(folder: string, calls?: DiskCalls): Lineage {
  const disk = openDisk(join(folder, 'lineage'), calls);
  const place = ({ chainId, escrow }: Domain, { job, round }: Round) =>
    `${chainId}-${escrow}/${job}/${round}`;
  return {
    keep(domain, round, manifest, payouts) {
      disk.replace(`${place(domain, round)}/manifest.cbor`, manifest);
      disk.replace(`${place(domain, round)}/payouts.cbor`, encodeBlock(payouts).bytes);
    },
    payouts(domain, round) {
      const bytes = disk.read(`${place(domain, round)}/payouts.cbor`);
      return bytes && payoutsSchema.parse(decodeBlock(bytes));
    },
  };
}
