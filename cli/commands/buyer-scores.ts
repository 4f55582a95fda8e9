/** How the metrics of a model are told. protocol.md §6.5 */
import type { Evaluation } from '#model/evaluate.ts';

const names: Readonly<Record<string, string>> = {
  accuracy: 'accuracy',
  balancedAccuracy: 'balanced accuracy',
  macroF1: 'macro F1',
  logLoss: 'loss',
  meanAbsoluteError: 'mean absolute error',
  rootMeanSquaredError: 'root mean squared error',
  r2: 'R²',
};

/** As in “accuracy 0.9412, loss 0.1873”. */
export const scoresText = ({ metrics }: Evaluation): string =>
  Object.entries(metrics)
    .map(([metric, value]) => `${names[metric] ?? metric} ${value.toFixed(4)}`)
    .join(', ');

/** For JSON: the two best known at the top, where the recipe asks for them, and all of them. */
export const scoreFields = ({ metrics, rows }: Evaluation) => ({
  ...(metrics.accuracy !== undefined && { accuracy: metrics.accuracy }),
  ...(metrics.logLoss !== undefined && { logLoss: metrics.logLoss }),
  metrics,
  rows,
});
