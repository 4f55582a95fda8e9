/**
 * The server's side of the model transition: + − × ÷ √ in float64, coordinate by coordinate, in the order written
 * here, so that whoever recomputes it gets the same bits. protocol.md §2.5, §6.3
 * Source: McMahan et al. 2017 (FedAvg); Hsu, Qi and Brown 2019 (FedAvgM); Reddi et al. 2021, algorithm 2 (FedAdam,
 * FedYogi).
 */
import { TributaryError } from '#crypto/error.ts';
import type { ServerOptimiser } from '../recipe/optimisers.ts';

/** What an optimiser keeps between rounds: one float64 a weight each. */
export type ServerState = Readonly<{ momentum: Float64Array; secondMoment: Float64Array | null }>;

export type ServerStep = Readonly<{ weights: Float32Array; state: ServerState | null }>;

/** What a coordinate becomes: its move, and the state it leaves. */
type Moved = Readonly<{ by: number; m: number; v: number }>;
type Move = (delta: number, m: number, v: number) => Moved;

function moveOf(server: ServerOptimiser): Move {
  const rate = Number(server.learningRate);
  switch (server.name) {
    case 'fedAvg':
      return (delta) => ({ by: rate * delta, m: 0, v: 0 });
    case 'fedAvgM': {
      const momentum = Number(server.momentum);
      return (delta, before) => {
        const m = momentum * before + delta;
        return { by: rate * m, m, v: 0 };
      };
    }
    case 'fedAdam':
    case 'fedYogi': {
      const [beta1, beta2, tau] = [Number(server.beta1), Number(server.beta2), Number(server.tau)];
      const secondMoment =
        server.name === 'fedAdam'
          ? (square: number, v: number) => beta2 * v + (1 - beta2) * square
          : (square: number, v: number) => v - (1 - beta2) * square * Math.sign(v - square);
      return (delta, before, vBefore) => {
        const m = beta1 * before + (1 - beta1) * delta;
        const v = secondMoment(delta * delta, vBefore);
        return { by: (rate * m) / (Math.sqrt(v) + tau), m, v };
      };
    }
    default:
      return server satisfies never;
  }
}

/** The state before round 1, or null for an optimiser that keeps none: m = 0, v = τ², as the paper allows. */
export function initialState(server: ServerOptimiser, dimension: number): ServerState | null {
  switch (server.name) {
    case 'fedAvg':
      return null;
    case 'fedAvgM':
      return { momentum: new Float64Array(dimension), secondMoment: null };
    case 'fedAdam':
    case 'fedYogi': {
      const tau = Number(server.tau);
      return {
        momentum: new Float64Array(dimension),
        secondMoment: new Float64Array(dimension).fill(tau * tau),
      };
    }
    default:
      return server satisfies never;
  }
}

/** @throws TributaryError `model/optimiser-state` where what was kept is not what this optimiser keeps */
function startOf(server: ServerOptimiser, dimension: number, kept: ServerState | null): ServerState | null {
  if (kept === null) return initialState(server, dimension);
  // What this optimiser keeps, whatever the size: of no weights, for a model's vectors would be made in vain.
  const keeps = initialState(server, 0);
  if (keeps === null || (keeps.secondMoment === null) !== (kept.secondMoment === null)) {
    throw new TributaryError(
      'model/optimiser-state',
      `${server.name} does not keep what the round before left`,
    );
  }
  return kept;
}

/**
 * One step of the server's optimiser; each weight is rounded once to float32, the state not at all.
 *
 * @param before `dimension` float32 weights
 * @param average `dimension` float64 numbers, Δ of the round
 * @param state what the round before left; null begins
 * @throws TributaryError `model/dimension` where the lengths differ, `model/not-finite` where a weight or a part of the
 *   state overflows
 */
export function serverStep(
  server: ServerOptimiser,
  before: Float32Array,
  average: Float64Array,
  state: ServerState | null,
): ServerStep {
  const dimension = before.length;
  const { momentum = null, secondMoment = null } = startOf(server, dimension, state) ?? {};
  for (const vector of [average, momentum, secondMoment]) {
    if (vector === null || vector.length === dimension) continue;
    throw new TributaryError(
      'model/dimension',
      `the average or the optimiser's state has ${vector.length} numbers, the model ${dimension}`,
    );
  }
  const move = moveOf(server);
  const weights = new Float32Array(dimension);
  const nextMomentum = momentum && new Float64Array(dimension);
  const nextSecondMoment = secondMoment && new Float64Array(dimension);
  for (let i = 0; i < dimension; i++) {
    const { by, m, v } = move(average[i] ?? 0, momentum?.[i] ?? 0, secondMoment?.[i] ?? 0);
    const weight = Math.fround((before[i] ?? 0) + by);
    if (!Number.isFinite(weight) || !Number.isFinite(m) || !Number.isFinite(v)) {
      throw new TributaryError('model/not-finite', `weight ${i} leaves the range of float32 after the round`);
    }
    weights[i] = weight;
    if (nextMomentum) nextMomentum[i] = m;
    if (nextSecondMoment) nextSecondMoment[i] = v;
  }
  return { weights, state: nextMomentum ? { momentum: nextMomentum, secondMoment: nextSecondMoment } : null };
}
