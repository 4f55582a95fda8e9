/** How a generated recipe trains, and the grid of its updates: defaults by model, each of which a buyer may change. protocol.md §2, §6.5 */
import { sparseByDefault } from '#protocol/aggregation.ts';
import type { Label } from '#protocol/recipe/features.ts';
import type { Optimiser, ServerOptimiser } from '#protocol/recipe/optimisers.ts';
import { metricNames, type Loss, type Recipe } from '#protocol/recipe/recipe.ts';
import { toDecimal } from '#protocol/units.ts';
import type { Topology } from '#model/topology.ts';
import type { Plan } from '../plan.ts';
import type { ModelRequest } from './request.ts';

export const optimiserNames = ['sgd', 'adam', 'rmsprop'] as const;
export const serverNames = ['fedAvg', 'fedAvgM', 'fedAdam', 'fedYogi'] as const;

/** What a buyer may set; a default stands for what is left out. */
export type TrainingChoice = Readonly<{
  optimiser?: (typeof optimiserNames)[number] | undefined;
  learningRate?: number | undefined;
  localEpochs?: number | undefined;
  batchSize?: number | undefined;
  proximal?: number | undefined;
  server?: (typeof serverNames)[number] | undefined;
  serverLearningRate?: number | undefined;
  clip?: number | undefined;
}>;

const optimisers: Readonly<
  Record<(typeof optimiserNames)[number], Readonly<{ rate: number; as: Optimiser }>>
> = {
  sgd: { rate: 0.05, as: { name: 'sgd', momentum: toDecimal(0.9) } },
  adam: {
    rate: 0.01,
    as: { name: 'adam', beta1: toDecimal(0.9), beta2: toDecimal(0.999), epsilon: toDecimal(1e-7) },
  },
  rmsprop: {
    rate: 0.001,
    as: { name: 'rmsprop', decay: toDecimal(0.9), momentum: toDecimal(0), epsilon: toDecimal(1e-7) },
  },
};

const adaptive = { beta1: toDecimal(0.9), beta2: toDecimal(0.99), tau: toDecimal(1e-3) };
function serverOf(name: (typeof serverNames)[number], rate?: number): ServerOptimiser {
  switch (name) {
    case 'fedAvg':
      return { name, learningRate: toDecimal(rate ?? 1) };
    case 'fedAvgM':
      return { name, learningRate: toDecimal(rate ?? 1), momentum: toDecimal(0.9) };
    case 'fedAdam':
    case 'fedYogi':
      return { name, learningRate: toDecimal(rate ?? 0.01), ...adaptive };
    default:
      return name satisfies never;
  }
}

type Default = Readonly<{ optimiser: (typeof optimiserNames)[number]; clip: number }>;

/** Convolutions take steady steps; `clip` is above most updates of four epochs at the default rates. */
function defaultOf(request: ModelRequest): Default {
  if ('keras' in request) return { optimiser: 'adam', clip: 4 };
  switch (request.template) {
    case 'tabular-classifier':
    case 'tabular-regressor':
      return { optimiser: 'adam', clip: 2 };
    case 'image-small':
      return { optimiser: 'sgd', clip: 4 };
    case 'text-bag':
      return { optimiser: 'adam', clip: 4 };
    default:
      return request.template satisfies never;
  }
}

function lossOf({ output }: Topology): Loss {
  if (output.activation === 'linear') return 'meanSquaredError';
  return output.activation === 'softmax' ? 'categoricalCrossentropy' : 'binaryCrossentropy';
}

/** All of a recipe but its features and label. */
export function trainingOf(
  request: ModelRequest,
  topology: Topology,
  label: Label,
  choice: TrainingChoice,
): Omit<Recipe, 'features' | 'label'> {
  const { rate, as } = optimisers[choice.optimiser ?? defaultOf(request).optimiser];
  return {
    kind: 'tributary/recipe',
    version: 2,
    loss: lossOf(topology),
    metrics: [...metricNames[label.type]],
    optimiser: as,
    learningRate: { schedule: 'constant', rate: toDecimal(choice.learningRate ?? rate) },
    local: { unit: 'epochs', count: choice.localEpochs ?? 4 },
    batchSize: choice.batchSize ?? 32,
    proximal: toDecimal(choice.proximal ?? 0),
    server: serverOf(choice.server ?? 'fedAvg', choice.serverLearningRate),
  };
}

/** range = clip, so nothing saturates (§2.2); some 64 chunks a vector, so that a path is short and a chunk small. */
export function aggregationFor(
  request: ModelRequest,
  { dimension }: Topology,
  choice: TrainingChoice,
): Plan['aggregation'] {
  const clip = toDecimal(choice.clip ?? defaultOf(request).clip);
  const chunkWords = 2 ** Math.min(16, Math.max(6, Math.ceil(Math.log2(dimension / 64))));
  return { bits: 16, clip, range: clip, chunkWords, rounding: 'nearest', sparse: sparseByDefault };
}
