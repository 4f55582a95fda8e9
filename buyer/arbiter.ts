/** The arbiter of a job to be may read its evidence by the job's terms: else it could not answer a dispute. protocol.md §5.6, §6.4 */
import { TributaryError } from '#crypto/error.ts';
import { evidenceTermsSchema, type EvidenceTerms } from '#protocol/evidence-terms.ts';
import type { Address } from '#protocol/units.ts';

/** @throws TributaryError `launch/bad-plan` where that makes too many readers */
export function readableBy<T extends EvidenceTerms>(terms: T, arbiter: Address): T {
  if (terms.readers.includes(arbiter)) return terms;
  const readers = [...terms.readers, arbiter];
  if (evidenceTermsSchema.shape.readers.safeParse(readers).success) return { ...terms, readers };
  throw new TributaryError(
    'launch/bad-plan',
    `evidence.readers: the job's arbiter ${arbiter} reads the evidence too: name one reader fewer`,
  );
}
