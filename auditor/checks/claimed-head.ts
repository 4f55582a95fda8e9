/**
 * Level 1: the lineage that a copy leads to from its own head is the one on chain. protocol.md §6.2
 * A lineage with one manifest altered and every later one hashed again is consistent in itself: only the digests
 * on chain tell it from the true one, and the first round that differs is the altered one.
 */
import type { CID } from 'multiformats/cid';
import { readBlock } from '#datasets/read-block.ts';
import { roundSchema, type RoundManifest } from '#protocol/manifests.ts';
import type { JobCheck } from '../check.ts';
import type { Subject } from '../subject.ts';
import { answeringForLinks, fails, holds } from '../verdict.ts';

type CopiedRound = Readonly<{ cid: CID; manifest: RoundManifest }>;

/** From the head down, at most one round more than the chain has. */
async function walkDown({ source, rounds }: Subject, head: CID): Promise<CopiedRound[]> {
  const copied: CopiedRound[] = [];
  source.name(head, 'the copy’s head');
  for (let next: CID | null = head; next !== null && copied.length <= rounds.length;) {
    const cid: CID = next;
    const manifest: RoundManifest = await readBlock(source, cid, roundSchema, 'a manifest of the copy');
    copied.push({ cid, manifest });
    next = manifest.previous;
  }
  return copied;
}

export const claimedHead: JobCheck = {
  id: 'lineage.copy',
  level: 1,
  scope: 'job',
  run: (subject) =>
    answeringForLinks('the copy’s head', async () => {
      if (subject.claimedHead === null)
        return holds('no head was claimed: the audit starts from the digests on chain');
      const copied = await walkDown(subject, subject.claimedHead);
      const ascending = copied.toReversed();
      for (const [index, { cid, manifest }] of ascending.entries()) {
        const round = subject.rounds[index];
        const place = `round ${index + 1}`;
        if (manifest.round !== index + 1) {
          return fails(
            place,
            'lineage/round-order',
            `the copy’s ${place} calls itself round ${manifest.round}`,
          );
        }
        if (!round?.cid.equals(cid)) {
          const onChain = round ? round.cid.toString() : 'nothing';
          return fails(
            place,
            'lineage/differs-from-chain',
            `the digest on chain of ${place} is that of ${onChain}, the copy says ${cid.toString()}`,
          );
        }
      }
      return holds(`rounds 1 to ${ascending.length} of the copy have the digests on chain`);
    }),
};
