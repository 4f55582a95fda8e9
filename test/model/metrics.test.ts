/** Metrics against arithmetic by hand. protocol.md §6.5 */
import { expect } from 'chai';
import { isGain, measure, type Scored } from '#model/metrics.ts';
import { metricNames } from '#protocol/recipe/recipe.ts';
import { toDecimal } from '#protocol/units.ts';
import { classes } from './training.ts';

/** Probabilities of label 1. */
const binary = (outputs: number[], labels: number[]): Scored => ({
  outputs: Float32Array.from(outputs),
  units: 1,
  labels: Float32Array.from(labels),
  label: classes(2),
});
const three: Scored = {
  outputs: Float32Array.from([
    0.5, 0.25, 0.25, 0.125, 0.75, 0.125, 0.25, 0.5, 0.25, 0.25, 0.25, 0.5, 0.5, 0.5, 0,
  ]),
  units: 3,
  labels: Float32Array.from([0, 1, 2, 2, 0]),
  label: classes(3),
};
const numbers = (outputs: number[], labels: number[], scale = 1): Scored => ({
  outputs: Float32Array.from(outputs),
  units: 1,
  labels: Float32Array.from(labels),
  label: { type: 'number', name: 'y', centre: toDecimal(7), scale: toDecimal(scale) },
});

describe('metrics', () => {
  it('of one sigmoid count the right side of one half, and take logarithms in float64', () => {
    const scored = binary([0.75, 0.25, 0.5, 0.125], [1, 1, 1, 0]);
    expect(measure('accuracy', scored)).to.equal(0.75);
    expect(measure('logLoss', scored)).to.equal(
      -(Math.log(0.75) + Math.log(0.25) + Math.log(0.5) + Math.log(0.875)) / 4,
    );
  });

  it('clip a sure but wrong prediction, and a sure and right one', () => {
    expect(measure('logLoss', binary([0], [1]))).to.equal(-Math.log(1e-7));
    expect(measure('logLoss', binary([1], [1]))).to.equal(-Math.log(1 - 1e-7));
  });

  it('of several classes take the largest output, the first of equals', () => {
    // Called: 0, 1, 1, 2, 0.
    expect(measure('accuracy', three)).to.equal(0.8);
    expect(measure('logLoss', three)).to.be.closeTo(
      -(Math.log(0.5) + Math.log(0.75) + Math.log(0.25) + 2 * Math.log(0.5)) / 5,
      1e-12,
    );
  });

  it('weigh classes alike where they are balanced', () => {
    // Right of class 0: 2 of 2, of 1: 1 of 1, of 2: 1 of 2.
    expect(measure('balancedAccuracy', three)).to.be.closeTo((1 + 1 + 0.5) / 3, 1e-12);
    // F1: 0 has 2·2/(2 + 2), 1 has 2·1/(1 + 2), 2 has 2·1/(2 + 1).
    expect(measure('macroF1', three)).to.be.closeTo((1 + 2 / 3 + 2 / 3) / 3, 1e-12);
    // A class that never occurs and is never called counts in neither.
    const two = { ...three, outputs: three.outputs.subarray(0, 3), labels: three.labels.subarray(0, 1) };
    expect(measure('balancedAccuracy', two)).to.equal(1);
    expect(measure('macroF1', two)).to.equal(1);
  });

  it("of numbers are in the label's own unit", () => {
    const scored = numbers([1, 2, 4], [1, 3, 1], 10);
    expect(measure('meanAbsoluteError', scored)).to.be.closeTo((0 + 10 + 30) / 3, 1e-12);
    expect(measure('rootMeanSquaredError', scored)).to.be.closeTo(Math.sqrt((0 + 100 + 900) / 3), 1e-12);
    // Spread: labels 1, 3, 1 around 5/3.
    const spread = (100 * (4 / 9 + 16 / 9 + 4 / 9)) / 3;
    expect(measure('r2', scored)).to.be.closeTo(1 - 1000 / 3 / spread, 1e-12);
  });

  it('of constant labels explain nothing', () => {
    expect(measure('r2', numbers([2, 2], [2, 2]))).to.equal(0);
    expect(measure('r2', numbers([2, 3], [2, 2]))).to.equal(-Infinity);
  });

  it('say whether more is better', () => {
    const all = [...metricNames.class, ...metricNames.number];
    expect(all.filter(isGain)).to.deep.equal(['accuracy', 'balancedAccuracy', 'macroF1', 'r2']);
  });
});
