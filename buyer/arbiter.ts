/** The arbiter of a job to be, who may read its evidence by the job's terms: else it could not answer a dispute. protocol.md §5.6, §6.4 */
import type { Contracts } from '#contracts/connect.ts';
import { chooseArbiter, openingConditions, type OpeningConditions } from '#contracts/opening-conditions.ts';
import { TributaryError } from '#crypto/error.ts';
import { evidenceTermsSchema, type EvidenceTerms } from '#protocol/evidence-terms.ts';

type Terms = Pick<EvidenceTerms, 'readers'>;

/**
 * The first listed one that the terms let read evidence, so that a job whose terms are published keeps the one that they
 * name; else the first that is listed.
 *
 * @throws TributaryError `escrow/arbiter-not-listed`
 */
export function arbiterFor(conditions: OpeningConditions, { readers }: Terms) {
  const named = conditions.arbiters.find(({ address }) => readers.includes(address));
  return chooseArbiter(conditions, named?.address);
}

/** @throws TributaryError `launch/bad-plan` where that makes too many readers, `escrow/arbiter-not-listed`, `chain/…` */
export async function readableByArbiter<T extends EvidenceTerms>(contracts: Contracts, terms: T): Promise<T> {
  const { address } = arbiterFor(await openingConditions(contracts), terms);
  if (terms.readers.includes(address)) return terms;
  const readers = [...terms.readers, address];
  if (evidenceTermsSchema.shape.readers.safeParse(readers).success) return { ...terms, readers };
  throw new TributaryError(
    'launch/bad-plan',
    `evidence.readers: the job's arbiter ${address} reads the evidence too: name one reader fewer`,
  );
}
