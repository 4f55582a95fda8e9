/** The evidence that somebody gave to the auditor: one root a round. protocol.md §6.4 */
import type { CID } from 'multiformats/cid';
import { TributaryError } from '#crypto/error.ts';
import type { BlockSource } from '#datasets/blockstore.ts';
import { readBlock } from '#datasets/read-block.ts';
import { evidenceSchema, type Evidence } from '#protocol/manifests.ts';
import { namedSource, type NamedSource } from './named-source.ts';

/** One CAR file: its root is the evidence's root block. */
export type EvidenceCopy = Readonly<{ root: CID; source: BlockSource }>;

export type EvidenceOf = Readonly<{ evidence: Evidence; source: NamedSource }>;

/** Reads the evidence of a round whose manifest names `root`. @throws TributaryError `evidence/not-given` */
export async function openEvidence(
  copies: readonly EvidenceCopy[],
  root: CID,
  place: string,
): Promise<EvidenceOf> {
  const copy = copies.find((given) => given.root.equals(root));
  if (!copy) {
    throw new TributaryError(
      'evidence/not-given',
      `${place}: no evidence with root ${root.toString()} was given: ask the buyer or a participant for it`,
    );
  }
  const source = namedSource(copy.source);
  source.name(root, `${place} → evidence`);
  return { evidence: await readBlock(source, root, evidenceSchema, `the evidence of ${place}`), source };
}

/** The root of a copy that says it is of this round: it is the wrong one if the manifest names another. */
export async function claimedRoot(
  copies: readonly EvidenceCopy[],
  job: number,
  round: number,
): Promise<CID | undefined> {
  for (const { root, source } of copies) {
    try {
      const named = namedSource(source);
      const evidence = await readBlock(named, root, evidenceSchema, 'the evidence');
      if (evidence.job === job && evidence.round === round) return root;
    } catch (error) {
      // A copy that can't be read says nothing of its round.
      if (!(error instanceof TributaryError)) throw error;
    }
  }
  return undefined;
}
