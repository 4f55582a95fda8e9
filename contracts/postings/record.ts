/** What a party found out about a posted round, and did about it; kept by the posting's head, over restarts. protocol.md §5.6 */
import { z } from 'zod';
import { bytes32, u32 } from '#protocol/units.ts';

export const postingRecord = z.strictObject({
  head: bytes32,
  round: u32.min(1),
  attempt: u32.min(1),
  /** Right by its evidence; partly: right by chain and lineage, the evidence is not for this party; unchecked: for want of what it takes. */
  found: z.enum(['right', 'partly', 'false', 'unchecked']),
  /** What is wrong or was in the way; null where nothing is. */
  flaw: z.strictObject({ code: z.string(), detail: z.string() }).nullable(),
  /** CIDs that show it. */
  blocks: z.array(z.string()),
  /** Once there is a dispute of this posting: whether this party opened it, and whether it has nothing left to do there. */
  dispute: z.strictObject({ own: z.boolean(), over: z.boolean() }).nullable(),
});

export type PostingRecord = Readonly<z.infer<typeof postingRecord>>;

/** Those of one job. Written ones survive a crash when `write` resolves. */
export type PostingRecords = Readonly<{
  read(head: PostingRecord['head']): Promise<PostingRecord | null>;
  write(record: PostingRecord): Promise<void>;
  all(): Promise<readonly PostingRecord[]>;
}>;

/** Found to be what it should be, as far as this party can see. */
export const isHeldRight = (record: PostingRecord | null): boolean =>
  record?.found === 'right' || record?.found === 'partly';
