/** The server's optimisers against their papers' lines, written out in another way; what they keep; what they refuse. */
import { expect } from 'chai';
import fc from 'fast-check';
import type { ServerOptimiser } from '#protocol/recipe/optimisers.ts';
import { initialState, serverStep, type ServerState } from '#protocol/rules/server-step.ts';
import { toDecimal } from '#protocol/units.ts';
import { codeOf } from '#test/crypto/refusal.ts';

const d = toDecimal;
const fedAvg = (rate: number): ServerOptimiser => ({ name: 'fedAvg', learningRate: d(rate) });
const fedAvgM: ServerOptimiser = { name: 'fedAvgM', learningRate: d(0.5), momentum: d(0.75) };
const adaptive = { learningRate: d(0.25), beta1: d(0.5), beta2: d(0.75), tau: d(0.125) };
const fedAdam: ServerOptimiser = { name: 'fedAdam', ...adaptive };
const fedYogi: ServerOptimiser = { name: 'fedYogi', ...adaptive };

/** Two rounds with these averages. */
function twice(server: ServerOptimiser, start: number[], first: number[], second: number[]) {
  const one = serverStep(server, Float32Array.from(start), Float64Array.from(first), null);
  return [one, serverStep(server, one.weights, Float64Array.from(second), one.state)] as const;
}

describe('the server', () => {
  it('applies an average at its rate, rounding once to float32, and keeps nothing (FedAvg)', () => {
    const { weights, state } = serverStep(
      fedAvg(0.5),
      Float32Array.of(0.1, -2, 3),
      Float64Array.of(0.3, 0.25, -0.7),
      null,
    );
    expect([...weights]).to.deep.equal([Math.fround(Math.fround(0.1) + 0.15), -1.875, Math.fround(3 - 0.35)]);
    expect(state).to.equal(null);
  });

  it('carries momentum on (FedAvgM)', () => {
    const [one, two] = twice(fedAvgM, [1, -4], [2, -8], [1, 4]);
    expect([...one.weights]).to.deep.equal([2, -8]);
    // v = 0.75 · 2 + 1 and 0.75 · −8 + 4
    expect([...two.state!.momentum]).to.deep.equal([2.5, -2]);
    expect([...two.weights]).to.deep.equal([2 + 1.25, -8 - 1]);
    expect(two.state!.secondMoment).to.equal(null);
  });

  it('scales by the root of the second moment (FedAdam)', () => {
    const [one, two] = twice(fedAdam, [1], [0.5], [-0.25]);
    // m = 0.5 · 0.5; v = 0.75 · 0.125² + 0.25 · 0.5²
    const v1 = 0.75 * 0.015625 + 0.25 * 0.25;
    expect(one.state!.momentum[0]).to.equal(0.25);
    expect(one.state!.secondMoment![0]).to.equal(v1);
    expect(one.weights[0]).to.equal(Math.fround(1 + (0.25 * 0.25) / (Math.sqrt(v1) + 0.125)));
    const v2 = 0.75 * v1 + 0.25 * 0.0625;
    expect(two.state!.momentum[0]).to.equal(0.125 - 0.125);
    expect(two.state!.secondMoment![0]).to.equal(v2);
    expect(two.weights[0]).to.equal(one.weights[0]);
  });

  it('lets the second moment fall no faster than by the square of the average (FedYogi)', () => {
    const [one, two] = twice(fedYogi, [1], [0.5], [-0.25]);
    // 0.015625 < 0.25: it grows by 0.25 · 0.25; then it is above 0.0625 and falls by 0.25 · 0.0625.
    const v1 = 0.015625 + 0.0625;
    expect(one.state!.secondMoment![0]).to.equal(v1);
    expect(two.state!.secondMoment![0]).to.equal(v1 - 0.015625);
    expect(one.weights[0]).to.equal(Math.fround(1 + (0.25 * 0.25) / (Math.sqrt(v1) + 0.125)));
  });

  it('begins at τ² and zero', () => {
    expect(initialState(fedAdam, 2)).to.deep.equal({
      momentum: new Float64Array(2),
      secondMoment: Float64Array.of(0.015625, 0.015625),
    });
    expect(initialState(fedAvgM, 2)).to.deep.equal({ momentum: new Float64Array(2), secondMoment: null });
    expect(initialState(fedAvg(1), 2)).to.equal(null);
  });

  it('keeps a second moment of FedYogi that is never below zero, and gives the same bits again', () =>
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { minLength: 1, maxLength: 20 }),
        (averages) => {
          const play = () => {
            let weights: Float32Array = Float32Array.of(0);
            let state: ServerState | null = null;
            for (const average of averages) {
              ({ weights, state } = serverStep(fedYogi, weights, Float64Array.of(average), state));
              expect(state!.secondMoment![0]).to.be.at.least(0);
            }
            return { weights, state };
          };
          expect(play()).to.deep.equal(play());
        },
      ),
      { seed: 6, numRuns: 100 },
    ));

  it('refuses vectors of other lengths', () => {
    const step = (average: number, state: ServerState | null) => () =>
      serverStep(fedAdam, new Float32Array(2), new Float64Array(average), state);
    expect(codeOf(step(3, null))).to.equal('model/dimension');
    const [two, three] = [new Float64Array(2), new Float64Array(3)];
    expect(codeOf(step(2, { momentum: three, secondMoment: two }))).to.equal('model/dimension');
    expect(codeOf(step(2, { momentum: two, secondMoment: three }))).to.equal('model/dimension');
  });

  it('refuses to go on from what another optimiser kept', () => {
    const [kept, all] = [new Float64Array(1), new Float64Array(1)];
    const step = (server: ServerOptimiser, secondMoment: Float64Array | null) => () =>
      serverStep(server, new Float32Array(1), new Float64Array(1), { momentum: kept, secondMoment });
    for (const server of [fedAvg(1), fedAvgM]) {
      expect(codeOf(step(server, all))).to.equal('model/optimiser-state');
    }
    for (const server of [fedAdam, fedYogi, fedAvg(1)]) {
      expect(codeOf(step(server, null))).to.equal('model/optimiser-state');
    }
  });

  it('refuses a weight or a state that overflows', () => {
    const step =
      (server: ServerOptimiser, average: number, momentum = 0) =>
      () =>
        serverStep(server, new Float32Array(1), Float64Array.of(average), {
          momentum: Float64Array.of(momentum),
          secondMoment: null,
        });
    expect(codeOf(() => serverStep(fedAvg(1), new Float32Array(1), Float64Array.of(1e39), null))).to.equal(
      'model/not-finite',
    );
    expect(codeOf(() => serverStep(fedAvg(1), new Float32Array(1), Float64Array.of(NaN), null))).to.equal(
      'model/not-finite',
    );
    expect(codeOf(step(fedAvgM, 1e39))).to.equal('model/not-finite');
    // The square overflows while the weight, divided by it, stays small.
    expect(codeOf(() => serverStep(fedAdam, new Float32Array(1), Float64Array.of(1e200), null))).to.equal(
      'model/not-finite',
    );
  });
});
