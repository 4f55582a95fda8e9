/** What moves weights: an owner's optimiser on its rows, and the server's on the average. protocol.md §6.3, §6.5 */
import { z } from 'zod';
import { decimal } from '../units.ts';

const fraction = decimal.refine((text) => Number(text) >= 0 && Number(text) < 1, 'expected 0 ≤ x < 1');
const rate = decimal.refine((text) => Number(text) > 0 && Number(text) <= 100, 'expected 0 < x ≤ 100');
const positive = decimal.refine((text) => Number(text) > 0 && Number(text) <= 1e6, 'expected 0 < x ≤ 10⁶');
const every = z.int().min(1).max(65_535);

/** An owner's optimiser; its state begins anew with each round, since owners keep none between rounds. */
export const optimiserSchema = z.discriminatedUnion('name', [
  /** v ← momentum · v + g, w ← w − rate · v. */
  z.strictObject({ name: z.literal('sgd'), momentum: fraction }),
  /** Kingma and Ba 2015. */
  z.strictObject({ name: z.literal('adam'), beta1: fraction, beta2: fraction, epsilon: positive }),
  /** Tieleman and Hinton 2012. */
  z.strictObject({ name: z.literal('rmsprop'), decay: fraction, momentum: fraction, epsilon: positive }),
]);

/** The local learning rate of round t = 1, 2, … */
export const scheduleSchema = z.discriminatedUnion('schedule', [
  z.strictObject({ schedule: z.literal('constant'), rate }),
  /** rate · factor^⌊(t − 1) / every⌋ */
  z.strictObject({ schedule: z.literal('step'), rate, factor: positive, every }),
  /** From rate at t = 1 to minimum at t = rounds, along half a cosine; then minimum. Loshchilov and Hutter 2017 */
  z.strictObject({ schedule: z.literal('cosine'), rate, minimum: rate, rounds: every }),
]);

const adaptive = { learningRate: rate, beta1: fraction, beta2: fraction, tau: positive };

/** The server's optimiser takes the average Δ of a round as its gradient, sign turned. */
export const serverSchema = z.discriminatedUnion('name', [
  /** McMahan et al. 2017: w ← w + rate · Δ. With a proximal term at the owners it is FedProx. */
  z.strictObject({ name: z.literal('fedAvg'), learningRate: rate }),
  /** Hsu, Qi and Brown 2019: v ← momentum · v + Δ, w ← w + rate · v. */
  z.strictObject({ name: z.literal('fedAvgM'), learningRate: rate, momentum: fraction }),
  /** Reddi et al. 2021, algorithm 2. */
  z.strictObject({ name: z.literal('fedAdam'), ...adaptive }),
  z.strictObject({ name: z.literal('fedYogi'), ...adaptive }),
]);

export type Optimiser = Readonly<z.infer<typeof optimiserSchema>>;
export type Schedule = Readonly<z.infer<typeof scheduleSchema>>;
export type ServerOptimiser = Readonly<z.infer<typeof serverSchema>>;

/** The local learning rate of a round. @param round from 1 */
export function learningRateOf(schedule: Schedule, round: number): number {
  const first = Number(schedule.rate);
  switch (schedule.schedule) {
    case 'constant':
      return first;
    case 'step':
      return first * Number(schedule.factor) ** Math.floor((round - 1) / schedule.every);
    case 'cosine': {
      const least = Number(schedule.minimum);
      const through = schedule.rounds === 1 ? 1 : Math.min((round - 1) / (schedule.rounds - 1), 1);
      return least + (first - least) * 0.5 * (1 + Math.cos(Math.PI * through));
    }
    default:
      return schedule satisfies never;
  }
}
