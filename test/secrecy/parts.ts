/** Into which parts the honest survivors of a sparse attempt fall. protocol.md §3.8 */
import type { Graph } from '#crypto/graph.ts';
import type { Row } from './howell.ts';

export const membersOf = ({ n }: Graph): number[] => Array.from({ length: n }, (_, member) => member);

/** A sum for each part in which these members hang together by the graph's edges. */
export function partSums(graph: Graph, members: Iterable<number>): Row[] {
  const left = new Set(members);
  const sums: Row[] = [];
  for (const first of left) {
    const part = new Set<number>();
    for (let edge = [first]; edge.length > 0;) {
      edge.forEach((member) => part.add(member));
      edge = edge.flatMap((member) =>
        [...graph.neighboursOf(member)].filter((near) => left.has(near) && !part.has(near)),
      );
    }
    part.forEach((member) => left.delete(member));
    sums.push(membersOf(graph).map((member) => (part.has(member) ? 1 : 0)));
  }
  return sums;
}
