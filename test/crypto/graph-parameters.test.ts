/** Degree and threshold of the sparse graph. docs/protocol.md §3.8, §3.9 */
import { expect } from 'chai';

import { utf8 } from '#crypto/bytes.ts';
import { TributaryError } from '#crypto/error.ts';
import {
  graphFailures,
  graphFlaw,
  graphParameters,
  GRINDING_BITS,
  LIVENESS_BITS,
  SECRECY_BITS,
} from '#crypto/graph-parameters.ts';
import { upperTails } from '#crypto/hypergeometric.ts';
import { seededRng } from '#crypto/random.ts';
import { shuffled } from '#crypto/shuffle.ts';

import { exactParameters } from './exact-tails.ts';
import { codeOf } from './refusal.ts';
import { at } from './replay/load.ts';

const forty = { secrecyBits: 40, livenessBits: 40 };
const usual = { secrecyBits: SECRECY_BITS, livenessBits: LIVENESS_BITS };
const both = (part: number): { corruption: number; dropout: number } => ({ corruption: part, dropout: part });

describe('the parameters of the sparse graph', () => {
  it('are those that another solver found, for the rule without agreement on chain', () => {
    expect(graphParameters(100, both(0.1), forty)).to.deep.equal({ degree: 42, threshold: 32 });
    expect(graphParameters(1_000, both(0.1), forty)).to.deep.equal({ degree: 168, threshold: 119 });
    expect(graphParameters(10_000, both(0.1), forty)).to.deep.equal({ degree: 216, threshold: 152 });
  });

  it('bear grinding by 11 bits more', () => {
    expect([GRINDING_BITS, SECRECY_BITS, LIVENESS_BITS]).to.deep.equal([11, 51, 40]);
    expect(graphParameters(100, both(0.05), usual)).to.deep.equal({ degree: 22, threshold: 17 });
    expect(graphParameters(104, both(0.05), usual)).to.deep.equal({ degree: 26, threshold: 20 });
    expect(graphParameters(1_000, both(0.05), usual)).to.deep.equal({ degree: 98, threshold: 72 });
    expect(graphParameters(10_000, both(0.05), usual)).to.deep.equal({ degree: 122, threshold: 89 });
  });

  for (const [n, corrupt, lost] of [
    [7, 1, 1],
    [30, 3, 2],
    [30, 0, 5],
    [100, 5, 20],
    [101, 11, 11],
    [300, 30, 15],
  ] as const) {
    it(`are the least that exact rationals allow: ${corrupt} of ${n} corrupt, ${lost} lost`, () => {
      const adversity = { corruption: corrupt / n, dropout: lost / n };
      for (const bits of [
        { secrecyBits: 51, livenessBits: 40 },
        { secrecyBits: 10, livenessBits: 15 },
      ]) {
        expect(graphParameters(n, adversity, bits)).to.deep.equal(exactParameters(n, corrupt, lost, bits));
      }
    });
  }

  it('count a part of a member as a whole one, but not what a product is rounded by', () => {
    const found = (part: number): unknown => graphParameters(100, { corruption: part, dropout: 0.1 }, forty);
    expect(0.07 * 100).to.be.above(7);
    expect(found(0.07)).to.deep.equal(exactParameters(100, 7, 10, forty));
    expect(found(0.0701)).to.deep.equal(exactParameters(100, 8, 10, forty));
    expect(found(0.0701)).not.to.deep.equal(found(0.07));
  });

  it('only grow with what must be borne, and with how surely', () => {
    const degree = (corruption: number, dropout: number, more = 0): number => {
      const bits = { secrecyBits: 40 + more, livenessBits: 40 + more };
      return graphParameters(500, { corruption, dropout }, bits).degree;
    };
    const parts = [0.02, 0.05, 0.1, 0.15, 0.2];
    for (const falling of [
      parts.map((part) => degree(part, 0.1)),
      parts.map((part) => degree(0.1, part)),
      [0, 5, 11, 20].map((more) => degree(0.1, 0.1, more)),
    ]) {
      expect(falling).to.deep.equal([...falling].sort((a, b) => a - b));
      expect(new Set(falling).size).to.be.above(2);
    }
  });

  it('take up to all others as neighbours where no fewer will do', () => {
    expect(graphParameters(7, both(0.1), usual)).to.deep.equal({ degree: 6, threshold: 5 });
    expect(codeOf(() => graphParameters(6, both(0.1), usual))).to.equal('parameters/no-safe-graph');
  });

  it('are refused where there are none, with the closest miss', () => {
    try {
      graphParameters(1_024, { corruption: 0.3, dropout: 0.4 }, usual);
      expect.fail('was solved');
    } catch (error) {
      expect(error).to.be.instanceOf(TributaryError);
      const { code, message } = error as TributaryError;
      expect(code).to.equal('parameters/no-safe-graph');
      expect(message).to.contain('no graph on 1024 members bears 0.3 corrupt and 0.4 lost');
      const [, degree, least, most] =
        /with (\d+) neighbours .* least (\d+) .* most (\d+)/.exec(message) ?? [];
      expect(Number(least)).to.be.above(Number(most));
      expect(Number(degree)).to.be.above(1_000);
    }
  });

  it('are refused to rosters and parts that are none', () => {
    for (const n of [2, 0, 3.5, Number.NaN, 100_001]) {
      expect(
        codeOf(() => graphParameters(n, both(0.1), usual)),
        `${n}`,
      ).to.equal('parameters/cohort');
    }
    for (const part of [-0.1, 1, Number.NaN]) {
      const broken = { corruption: part, dropout: 0.1 };
      expect(codeOf(() => graphParameters(100, broken, usual))).to.equal('parameters/adversity');
      expect(codeOf(() => graphParameters(100, { corruption: 0.1, dropout: part }, usual))).to.equal(
        'parameters/adversity',
      );
    }
  });

  it('are found in a moment, by every client', () => {
    const started = performance.now();
    for (const part of [0.05, 0.1, 0.2]) graphParameters(1_021, both(part), usual);
    expect(performance.now() - started).to.be.below(1_000);
  });
});

describe('a degree and threshold', () => {
  const adversity = both(0.1);
  const flaw = (degree: number, threshold: number): string | null =>
    graphFlaw(1_000, { degree, threshold }, adversity, forty);

  it('are without a flaw from the least threshold for secrecy to the most for liveness', () => {
    expect(flaw(168, 118)).to.contain('corrupt members cut it with probability 2^-37.1');
    expect(flaw(168, 118)).to.contain('above 2^-40: 119 would do');
    expect(flaw(168, 119)).to.equal(null);
    expect(flaw(168, 120)).to.contain('too many are lost with probability 2^-39.2');
    expect(flaw(168, 120)).to.contain('above 2^-40: 119 would do');
    expect(flaw(300, 200)).to.equal(null);
  });

  it('are refused in words where no probability is needed', () => {
    for (const degree of [0, 1, 169, 1_000])
      expect(flaw(degree, 100)).to.contain('not an even number from 2 to 999');
    for (const threshold of [84, 169, 100.5]) {
      expect(flaw(168, threshold)).to.contain('not between half the degree and all of it: 85 to 168');
    }
  });

  it('risk what the exact tails say, over members and sides', () => {
    const { cut, colluders, equivocation, starved } = graphFailures(
      1_000,
      { degree: 20, threshold: 14 },
      { corruption: 0.1, dropout: 0.2 },
    );
    expect(cut).to.equal(2_000 * at([...upperTails(999, 100, 10)], 4));
    expect(colluders).to.equal(1_000 * at([...upperTails(999, 100, 20)], 14));
    expect(equivocation).to.equal(1_000 * at([...upperTails(999, 100, 20)], 8));
    expect(starved).to.equal(1_000 * at([...upperTails(999, 200, 20)], 7));
  });

  it('that can not be cut on either side allow neither colluders nor two sets', () => {
    for (let half = 1; half <= 9; half++) {
      for (let left = 0; left <= half; left++) {
        for (let right = 0; right <= half; right++) {
          for (let t = 1; t <= 2 * half; t++) {
            if (t <= half + left || t <= half + right) continue;
            expect(left + right, 'colluders').to.be.below(t);
            expect(2 * t, 'two sets').to.be.above(2 * half + left + right);
          }
        }
      }
    }
  });
});

describe('drawn graphs', () => {
  /** How many of the `half` after each honest place of a ring are corrupt. */
  function corruptAfter(corrupt: readonly boolean[], half: number): number[] {
    const n = corrupt.length;
    return corrupt.flatMap((own, place) => {
      if (own) return [];
      let count = 0;
      for (let step = 1; step <= half; step++) if (corrupt[(place + step) % n]) count++;
      return [count];
    });
  }

  it('have the tails’ exact share of dangerous sides, over all places of the corrupt', () => {
    const [n, corrupt, half] = [11, 4, 3];
    const seen = Array<number>(half + 2).fill(0);
    let sides = 0;
    for (let set = 0; set < 2 ** n; set++) {
      const ring = Array.from({ length: n }, (_, place) => ((set >> place) & 1) === 1);
      if (ring.filter(Boolean).length !== corrupt) continue;
      for (const count of corruptAfter(ring, half)) {
        sides++;
        for (let x = 0; x <= count; x++) seen[x] = at(seen, x) + 1;
      }
    }
    expect(sides).to.equal(330 * 7);
    const tails = upperTails(n - 1, corrupt, half);
    for (const [x, count] of seen.entries()) expect(count / sides).to.be.closeTo(tails[x] ?? -1, 1e-13);
  });

  it('have about their share in a sample, at 2^-10, and fail no more often than the bound', () => {
    const [n, corrupt, half, dangerous, graphs] = [40, 10, 8, 6, 60_000];
    const p = upperTails(n - 1, corrupt, half)[dangerous] ?? 0;
    expect(Math.log2(p)).to.be.within(-11, -9);
    const rng = seededRng(utf8('places of the corrupt'));
    let draws = new Uint32Array(0);
    let next = 0;
    const draw = (): number => {
      if (next === draws.length) {
        draws = Uint32Array.from(new Uint32Array(rng.bytes(65_536).buffer));
        next = 0;
      }
      return draws[next++] ?? 0;
    };
    let [share, failed] = [0, 0];
    for (let graph = 0; graph < graphs; graph++) {
      const counts = corruptAfter(
        shuffled(n, draw).map((member) => member < corrupt),
        half,
      );
      const found = counts.filter((count) => count >= dangerous).length;
      share += found / counts.length;
      if (found > 0) failed++;
    }
    // Bernstein: a graph's share is in [0, 1] with mean p and so a variance of at most p; both sides, 2^-20.
    const mean = graphs * p;
    const log = 21 * Math.LN2;
    const deviation = log / 3 + Math.sqrt((log / 3) ** 2 + 2 * log * mean);
    expect(deviation).to.be.below(mean);
    expect(share).to.be.within(mean - deviation, mean + deviation);
    // One side here; the same deviation holds for the count of failures, of mean at most n · p a graph.
    const bound = graphs * n * p;
    expect(failed).to.be.below(bound + log / 3 + Math.sqrt((log / 3) ** 2 + 2 * log * bound));
    expect(failed).to.be.above(0);
  });
});
