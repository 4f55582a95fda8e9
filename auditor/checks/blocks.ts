/** Level 1: every block that terms or a round link to is there and has the bytes of its link. protocol.md §6.1 */
import type { CID } from 'multiformats/cid';
import { codecOf, decodeBlock, linksOf } from '#protocol/dag.ts';
import { BrokenLink } from '../broken-link.ts';
import type { JobCheck, RoundCheck } from '../check.ts';
import type { NamedSource } from '../named-source.ts';
import { answeringForLinks, fails, holds, type Verdict } from '../verdict.ts';

/** A copy that hangs more on one manifest is refused: a true round has some hundred blocks. */
const mostBlocks = 65_536;
/** Named in a report; the rest are counted. */
const mostNamed = 8;

/**
 * Visits all that roots lead to. A broken block does not stop the visit: the others are named too.
 *
 * @param skip blocks that other checks visit
 */
export async function visit(
  source: NamedSource,
  roots: readonly CID[],
  skip: readonly CID[] = [],
  most = mostBlocks,
): Promise<Verdict> {
  const seen = new Set(skip.map(String));
  const next = [...roots];
  const broken: BrokenLink[] = [];
  let visited = 0;
  for (let cid = next.shift(); cid !== undefined; cid = next.shift()) {
    if (seen.has(cid.toString())) continue;
    seen.add(cid.toString());
    visited += 1;
    if (visited > most) {
      return fails(source.placeOf(cid), 'link/too-many', `more than ${most} blocks hang on it`);
    }
    try {
      const bytes = await source.get(cid);
      if (codecOf(cid) === 'dag-cbor') next.push(...linksOf(decodeBlock(bytes)));
    } catch (error) {
      if (!(error instanceof BrokenLink)) throw error;
      broken.push(error);
    }
  }
  const [first, ...others] = broken;
  if (!first) return holds(`${visited} blocks`);
  const named = others.slice(0, mostNamed).map(({ message }) => `; ${message}`);
  const unnamed = others.length > mostNamed ? `; and ${others.length - mostNamed} more` : '';
  return fails(first.place, first.code, first.why + named.join('') + unnamed);
}

export const termsBlocks: JobCheck = {
  id: 'links.terms',
  level: 1,
  scope: 'job',
  run: ({ source, terms }) => answeringForLinks('terms', () => visit(source, [terms])),
};

export const roundBlocks: RoundCheck = {
  id: 'links.round',
  level: 1,
  scope: 'round',
  run: ({ place, cid, before }, { source, terms }) =>
    answeringForLinks(place, () => visit(source, [cid], [terms, ...(before ? [before.cid] : [])])),
};
