/** A sparse attempt held against what the escrow keeps of it. protocol.md §3.8, §5.4 */
import { flaw, type Flaw } from '../flaw.ts';
import type { Draw } from '../manifests.ts';
import type { Bytes32 } from '../units.ts';
import type { Roster } from './roster.ts';
import { listedRoot, type Survivor } from './survivors.ts';

/** What the chain says of an attempt whose survivors are agreed on. */
export type Committed = Readonly<{
  roster: Bytes32;
  survivors: Bytes32;
  seedBlock: number;
  /** The prevrandao of that block. */
  randao: Bytes32;
}>;

/** Roster, graph and survivors are those that the escrow holds; null where they are. */
export function committedFlaw(
  roster: Roster,
  survivors: readonly Survivor[],
  committed: Committed,
): Flaw | null {
  const broken = drawnFlaw(roster.root, roster.draw, committed);
  if (broken) return broken;
  return listedRoot(roster, survivors) === committed.survivors
    ? null
    : flaw('outcome/other-survivors', 'the escrow holds other survivors of this attempt');
}

/** A roster's root, and the randomness of its graph, are those that the escrow holds. */
export function drawnFlaw(roster: Bytes32, draw: Draw | null, committed: Committed): Flaw | null {
  if (roster !== committed.roster) {
    return flaw('roster/not-on-chain', 'the escrow holds another roster of this attempt');
  }
  return draw?.seedBlock === committed.seedBlock && draw.randao === committed.randao
    ? null
    : flaw('graph/other-seed', `block ${committed.seedBlock} draws another graph than this one`);
}
