/** Who is left of a sparse attempt when some did not answer. protocol.md §4.9 */
import { holdersOf, type Graph } from '#crypto/graph.ts';
import type { MemberSet } from '#crypto/members.ts';
import type { Input, Signed } from '#protocol/messages.ts';
import { complaintsIn, complaintsOf } from '#protocol/rules/received.ts';
import { survivorsOf } from '#protocol/rules/survivors.ts';
import { leastMembers, type WithReceipts } from './base.ts';
import { rosterOf } from './frame.ts';
import { byMember } from './slots.ts';

/** Survivors, or why there can be no sum. */
export type Left =
  Readonly<{ ends: false; inputs: readonly Signed<Input>[] }> | Readonly<{ ends: true; reason: string }>;

/**
 * Those who answered and can survive: each with t neighbours among them, without whom it would let nobody open it. The
 * secrets of all sharers must be restorable by those who answered, or the round would wait for ever once it is agreed on.
 */
export function leftOf(state: WithReceipts, answered: readonly Signed<Input>[]): Left {
  const { graph } = rosterOf(state);
  const alive = survivorsOf(answered);
  const complaints = complaintsIn(state.receipts);
  const holdersLeft = (dealer: number): number => {
    const complaining = new Set(complaintsOf(graph, dealer, complaints).map(byMember));
    const holding = (holder: number) => alive.has(holder) && !complaining.has(holder);
    return holdersOf(graph, dealer).indices.filter(holding).length;
  };
  const lost = state.shares.map(byMember).find((member) => holdersLeft(member) < graph.threshold);
  if (lost !== undefined) {
    return ends(`fewer than ${graph.threshold} who hold the secrets of member ${lost} are left`);
  }
  const survivors = withNeighbours(graph, alive);
  const inputs = answered.filter((input) => survivors.has(byMember(input)));
  const least = leastMembers(state.rules);
  return inputs.length < least
    ? ends(`${inputs.length} members are left, ${least} are needed`)
    : { ends: false, inputs };
}

const ends = (reason: string): Left => ({ ends: true, reason });

/** Drops whoever has fewer than t neighbours left, then whoever has too few without those, and so on. */
function withNeighbours(graph: Graph, alive: MemberSet): ReadonlySet<number> {
  const left = new Set(alive);
  const suspects = [...alive];
  for (let member = suspects.pop(); member !== undefined; member = suspects.pop()) {
    const near = graph.neighboursOf(member).indices.filter((other) => left.has(other));
    if (!left.has(member) || near.length >= graph.threshold) continue;
    left.delete(member);
    suspects.push(...near);
  }
  return left;
}
