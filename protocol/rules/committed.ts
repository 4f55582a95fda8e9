/** A sparse attempt held against what the escrow keeps of it. protocol.md §3.8, §5.4 */
import { flaw, type Flaw } from '../flaw.ts';
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
  if (roster.root !== committed.roster) {
    return flaw('roster/not-on-chain', 'the escrow holds another roster of this attempt');
  }
  if (roster.draw?.seedBlock !== committed.seedBlock || roster.draw.randao !== committed.randao) {
    return flaw('graph/other-seed', `block ${committed.seedBlock} draws another graph than this one`);
  }
  return listedRoot(roster, survivors) === committed.survivors
    ? null
    : flaw('outcome/other-survivors', 'the escrow holds other survivors of this attempt');
}
