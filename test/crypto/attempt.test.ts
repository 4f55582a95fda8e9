/** Attempts of any size and shape, with members lost in every phase, against the reference. docs/protocol.md §2, §3 */
import { expect } from 'chai';
import fc from 'fast-check';

import { removeMasks } from '#crypto/masking.ts';
import { type MemberSet, memberSet } from '#crypto/members.ts';
import { type AggregationParameters, threshold } from '#crypto/parameters.ts';
import { average, dequantiseSum } from '#crypto/quantise.ts';
import { CoordinateSum, RingAccumulator } from '#crypto/ring.ts';
import { averageOf, gridHalf, gridWords } from '#test/support/reference/words.ts';

import { patience, runs } from '#test/support/runs.ts';
import { type Attempt, deal, packedInput, recoverAll, startAttempt } from './attempt.ts';
import { codeOf } from './refusal.ts';
import { at } from './replay/load.ts';

/** The last phase that a member is there for. */
const PHASES = ['enrolling', 'sharing', 'masking', 'confirming', 'unmasking'] as const;
type LastPhase = (typeof PHASES)[number];

type Owner = { last: LastPhase; power: number; update: number[] };
type Case = { owners: Owner[]; parameters: AggregationParameters };

/** Most members stay to the end, so that both outcomes are common. */
const lastPhase = fc.oneof(
  { weight: 9, arbitrary: fc.constant<LastPhase>('unmasking') },
  { weight: 2, arbitrary: fc.constantFrom(...PHASES) },
);

function owner(dimension: number): fc.Arbitrary<Owner> {
  const coordinate = fc.double({ min: -2, max: 2, noNaN: true });
  const update = fc.array(coordinate, { minLength: dimension, maxLength: dimension });
  return fc.record({ last: lastPhase, power: fc.nat(4), update });
}

const anyCase: fc.Arbitrary<Case> = fc
  .record({
    bits: fc.integer({ min: 8, max: 20 }),
    clip: fc.constantFrom(0.5, 1, 3),
    range: fc.constantFrom(0.25, 1, 3),
    dimension: fc.integer({ min: 1, max: 70 }),
    maxWeight: fc.constant(16),
    chunkWords: fc.constantFrom(8, 32),
  })
  .chain((parameters) =>
    fc.record({
      owners: fc.array(owner(parameters.dimension), { minLength: 3, maxLength: 12 }),
      parameters: fc.constant(parameters),
    }),
  );

/** Those members that are still there in a phase. */
function present(owners: readonly Owner[], phase: LastPhase): MemberSet {
  const from = PHASES.indexOf(phase);
  return memberSet([...owners.keys()].filter((i) => PHASES.indexOf(at(owners, i).last) >= from));
}

function play({ owners, parameters }: Case): { attempt: Attempt; sum: Uint32Array; spot: Uint32Array } {
  const attempt = startAttempt(owners.length, threshold(owners.length), parameters);
  const sharers = present(owners, 'sharing');
  const survivors = present(owners, 'masking');
  const dealt = new Map(sharers.indices.map((i) => [i, deal(attempt, i)]));
  const inputs = survivors.indices.map((i) => {
    const { update, power } = at(owners, i);
    return packedInput(attempt, i, sharers, Float64Array.from(update), 2 ** power);
  });
  const recovered = recoverAll(attempt, dealt, survivors, present(owners, 'unmasking').indices);

  const sum = new RingAccumulator(parameters.dimension, attempt.w);
  const spot = new CoordinateSum(spots(parameters.dimension), parameters.dimension, attempt.w);
  for (const target of [sum, spot]) {
    for (const input of inputs) target.addPacked(input);
    removeMasks(target, {
      binding: attempt.binding,
      survivors,
      sharers,
      roster: attempt.roster,
      graph: attempt.graph,
      recovered,
    });
  }
  return { attempt, sum: sum.words(), spot: spot.words() };
}

function spots(dimension: number): number[] {
  return [dimension - 1, 0, Math.floor(dimension / 2)];
}

function expectSum({ owners, parameters }: Case, sum: Uint32Array, spot: Uint32Array): void {
  const survivors = present(owners, 'masking').indices.map((i) => at(owners, i));
  const words = survivors.map(({ update, power }) => gridWords(update, 2 ** power, parameters));
  const expected = Array.from({ length: parameters.dimension }, (_, c) =>
    words.reduce((total, input) => total + at(input, c), 0),
  );
  expect([...sum]).to.deep.equal(expected);
  expect([...spot]).to.deep.equal(spots(parameters.dimension).map((c) => at(expected, c)));

  const weightSum = survivors.reduce((total, { power }) => total + 2 ** power, 0);
  const signed = dequantiseSum(sum, survivors.length, parameters);
  expect([...signed]).to.deep.equal(
    expected.map((word) => word - survivors.length * gridHalf(parameters.bits)),
  );
  expect([...average(signed, weightSum, parameters)]).to.deep.equal(
    averageOf([...signed], weightSum, parameters),
  );
}

describe('an attempt', () => {
  it('ends in the exact sum of the survivors while a threshold is left, and in a refusal otherwise', function () {
    this.timeout(patience(60_000));
    const outcomes = new Set<string>();
    fc.assert(
      fc.property(anyCase, (of) => {
        const left = present(of.owners, 'unmasking').size;
        if (left < threshold(of.owners.length)) {
          outcomes.add('refused');
          // With no sharer at all there is nothing to recover, nor a sum.
          if (present(of.owners, 'sharing').size === 0) return;
          expect(codeOf(() => play(of))).to.equal('shamir/too-few-shares');
        } else {
          outcomes.add(`summed with ${of.owners.length - left} lost`);
          const { sum, spot } = play(of);
          expectSum(of, sum, spot);
        }
      }),
      { seed: 10, numRuns: runs(40, 500) },
    );
    expect([...outcomes]).to.include.members(['refused', 'summed with 0 lost', 'summed with 1 lost']);
  });

  for (const lost of PHASES.slice(0, -1)) {
    for (const who of [0, 2, 4]) {
      it(`bears the loss of member ${who} of 5 after ${lost}`, () => {
        const owners = [0, 1, 2, 3, 4].map((i) => ({
          last: i === who ? lost : ('unmasking' as const),
          power: i,
          update: [0.1 * i, -0.3, 0.2 / (i + 1)],
        }));
        const parameters = { bits: 12, clip: 1, range: 1, dimension: 3, maxWeight: 16, chunkWords: 8 };
        const { sum, spot } = play({ owners, parameters });
        expectSum({ owners, parameters }, sum, spot);
      });
    }
  }
});
