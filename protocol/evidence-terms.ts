/** What a job's terms say of its evidence: who may read it beside members and buyer, and how long it is kept. protocol.md §6.4 */
import { z } from 'zod';
import { flaw, type Flaw } from './flaw.ts';
import { address } from './units.ts';

const MOST_READERS = 16;
const MOST_DAYS = 3_650;
const DAY_SECONDS = 86_400;

export const evidenceTermsSchema = z.strictObject({
  readers: z
    .array(address)
    .max(MOST_READERS)
    .refine((list) => new Set(list).size === list.length, 'expected each reader once'),
  /** Counted from the second from which on the round is final. */
  retentionDays: z.int().min(1).max(MOST_DAYS),
});

export type EvidenceTerms = Readonly<z.infer<typeof evidenceTermsSchema>>;

export const evidenceByDefault: z.infer<typeof evidenceTermsSchema> = { readers: [], retentionDays: 90 };

export const retentionSeconds = ({ retentionDays }: EvidenceTerms): number => retentionDays * DAY_SECONDS;

/**
 * Even a round that is final after the short window has its evidence for as long as one without a quorum may be
 * challenged: which of the two it will be, nobody knows beforehand.
 */
export function retentionFlaw(terms: EvidenceTerms, longWindow: number): Flaw | null {
  return retentionSeconds(terms) < longWindow
    ? flaw(
        'job/retention-too-short',
        `evidence is kept ${daysText(terms)}, a round may be challenged for ${longWindow} seconds: keep it longer`,
      )
    : null;
}

/** For people: who reads, and how long. */
export const evidenceText = (terms: EvidenceTerms): string =>
  `evidence for ${['members', 'buyer', ...terms.readers].join(', ')}; kept ${daysText(terms)} after a round is final`;

const daysText = ({ retentionDays }: EvidenceTerms): string =>
  `${retentionDays} ${retentionDays === 1 ? 'day' : 'days'}`;
