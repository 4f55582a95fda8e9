/** `npm run bench -- params`: degree and threshold of the sparse graph, and what each risks. protocol.md §3.8 */
import { parseArgs } from 'node:util';
import { graphFailures, graphParameters, LIVENESS_BITS, SECRECY_BITS } from '#crypto/graph-parameters.ts';
import type { Bench, Row } from './row.ts';

const sizes = [100, 300, 1_000, 10_000];
const parts = [0.05, 0.1];
/** Without what grinding costs (§3.9), and with it, as jobs use it. */
const targets = [LIVENESS_BITS, SECRECY_BITS];

const bits = (probability: number): string =>
  probability === 0 ? 'never' : `2^${Math.log2(probability).toFixed(1)}`;

function rowOf(n: number, part: number, secrecyBits: number): Row {
  const adversity = { corruption: part, dropout: part };
  const found = graphParameters(n, adversity, { secrecyBits, livenessBits: LIVENESS_BITS });
  const { cut, colluders, starved } = graphFailures(n, found, adversity);
  console.error(
    `n ${n}, γ = δ = ${part}, 2^-${secrecyBits}: degree ${found.degree}, threshold ${found.threshold}; ` +
      `cut ${bits(cut)}, t corrupt ${bits(colluders)}, starved ${bits(starved)}`,
  );
  return {
    row: `n=${n} γ=δ=${part} 2^-${secrecyBits}`,
    ours: found.degree,
    unit: `degree, threshold ${found.threshold}`,
  };
}

export const params: Bench = {
  summary: 'degree and threshold of the sparse graph by size, corruption and dropout, with what is risked',
  usage: '(no options)   exact tails, united over members and sides; probabilities on standard error',
  run(args) {
    parseArgs({ args: [...args], options: {} });
    const rows = targets.flatMap((target) =>
      parts.flatMap((part) => sizes.map((n) => rowOf(n, part, target))),
    );
    return Promise.resolve(rows);
  },
};
