/** How good predictions are; sums in float64, so that a report repeats digit for digit. protocol.md §6.5 */
import type { Label } from '#protocol/recipe/features.ts';
import type { Metric } from '#protocol/recipe/recipe.ts';
import { fromDecimal } from '#protocol/units.ts';

/** Outputs of a model beside the labels that they should be. */
export type Scored = Readonly<{
  /** rows × units, row by row. */
  outputs: Float32Array;
  units: number;
  /** A class's index or a scaled target a row. */
  labels: Float32Array;
  label: Label;
}>;

/** Keeps one sure but wrong prediction from making the mean infinite. */
const clip = 1e-7;

/** The class that a row's output names: the largest, and of one sigmoid the side of 0.5. */
function classOf(outputs: Float32Array, units: number, row: number): number {
  if (units === 1) return (outputs[row] ?? 0) >= 0.5 ? 1 : 0;
  let best = 0;
  for (let unit = 1; unit < units; unit++) {
    if ((outputs[row * units + unit] ?? 0) > (outputs[row * units + best] ?? 0)) best = unit;
  }
  return best;
}

function probabilityOf({ outputs, units, labels }: Scored, row: number): number {
  const label = labels[row] ?? 0;
  if (units > 1) return outputs[row * units + label] ?? 0;
  const positive = outputs[row] ?? 0;
  return label === 1 ? positive : 1 - positive;
}

/** Of each class that occurs: rows of it, rows called it, and rows rightly called it. */
function confusion({ outputs, units, labels, label }: Scored) {
  const classes = label.type === 'class' ? label.classes.length : 0;
  const counts = Array.from({ length: classes }, () => ({ of: 0, called: 0, right: 0 }));
  labels.forEach((truth, row) => {
    const called = classOf(outputs, units, row);
    const [mine, theirs] = [counts[truth], counts[called]];
    if (mine) mine.of += 1;
    if (theirs) theirs.called += 1;
    if (mine && truth === called) mine.right += 1;
  });
  return counts;
}

const mean = (numbers: readonly number[]): number =>
  numbers.reduce((sum, number) => sum + number, 0) / numbers.length;

function meanOver({ labels }: Scored, of: (row: number) => number): number {
  let sum = 0;
  labels.forEach((_, row) => (sum += of(row)));
  return sum / labels.length;
}

/** Prediction − truth, in the label's own unit. */
function errorOf({ outputs, labels, label }: Scored, row: number): number {
  const scale = label.type === 'number' ? fromDecimal(label.scale) : 1;
  return ((outputs[row] ?? 0) - (labels[row] ?? 0)) * scale;
}

const measures: Readonly<Record<Metric, (scored: Scored) => number>> = {
  accuracy: (scored) =>
    meanOver(scored, (row) => (classOf(scored.outputs, scored.units, row) === scored.labels[row] ? 1 : 0)),
  /** The mean over classes that occur of the share of their rows that is called rightly. */
  balancedAccuracy: (scored) =>
    mean(
      confusion(scored)
        .filter(({ of }) => of > 0)
        .map(({ of, right }) => right / of),
    ),
  /** The mean of F1 over classes that occur or are called. */
  macroF1: (scored) =>
    mean(
      confusion(scored)
        .filter(({ of, called }) => of + called > 0)
        .map(({ of, called, right }) => (2 * right) / (of + called)),
    ),
  /** Mean cross-entropy in nats. */
  logLoss: (scored) =>
    -meanOver(scored, (row) => Math.log(Math.min(Math.max(probabilityOf(scored, row), clip), 1 - clip))),
  meanAbsoluteError: (scored) => meanOver(scored, (row) => Math.abs(errorOf(scored, row))),
  rootMeanSquaredError: (scored) => Math.sqrt(meanOver(scored, (row) => errorOf(scored, row) ** 2)),
  /** 1 − squared errors / squared distances from the mean; against constant labels it is 0, or −∞ where they are missed. */
  r2(scored) {
    const middle = mean([...scored.labels]);
    const scale = scored.label.type === 'number' ? fromDecimal(scored.label.scale) : 1;
    const missed = meanOver(scored, (row) => errorOf(scored, row) ** 2);
    const spread = meanOver(scored, (row) => (((scored.labels[row] ?? 0) - middle) * scale) ** 2);
    if (spread === 0) return missed === 0 ? 0 : -Infinity;
    return 1 - missed / spread;
  },
};

export const measure = (metric: Metric, scored: Scored): number => measures[metric](scored);

/** Whether more is better: what an agent that waits for a target must know. */
export const isGain = (metric: Metric): boolean =>
  metric === 'accuracy' || metric === 'balancedAccuracy' || metric === 'macroF1' || metric === 'r2';
