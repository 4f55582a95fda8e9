/** Who is near whom, against the reference's vector. docs/protocol.md §3.8 */
import { expect } from 'chai';

import { graphSeed } from '#crypto/graph.ts';

import type { RoundCase } from './case.ts';
import { bytes, digits } from './load.ts';

export function replayGraph({ v, binding, graph }: RoundCase): void {
  expect(graph.degree).to.equal(v.degree);
  expect(v.members.map((_, member) => [...graph.neighboursOf(member)])).to.deep.equal(v.neighbours);
  if (!v.sparse) return;
  const seed = graphSeed(binding.roster, binding.context.attempt, bytes(v.sparse.randao));
  expect(digits(seed)).to.equal(v.sparse.seed);
}
