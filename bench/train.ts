/** `npm run bench -- train`: how long one step of training takes, on each backend of this machine beside the plain CPU's. */
import { parseArgs } from 'node:util';
import { type Backend, activate, backendNames, loadBackend } from '#model/tensorflow.ts';
import { median } from './median.ts';
import type { Bench, Row } from './row.ts';
import { type Stepper, stepperOf, tasks } from './train-models.ts';

/** The bar: a step of the small CNN on WASM takes at most this share of the plain CPU backend's time. */
const cnnLimit = 1 / 40;

/** Steps that are not measured, and rounds of one measured step on each backend. */
const plan = {
  logistic: { warmUp: 5, rounds: 41 },
  mlp: { warmUp: 5, rounds: 41 },
  cnn: { warmUp: 1, rounds: 5 },
};

/** Those that really run here; of the others, standard error says why not. */
async function backendsHere(): Promise<Backend[]> {
  const here: Backend[] = [];
  for (const name of backendNames) {
    const backend = await loadBackend({ prefer: name });
    if (backend.name === name) here.push(backend);
    else console.error(`${name}  skipped: its package is not installed, or does not compute here`);
  }
  return here;
}

function milliseconds(step: () => number): number {
  const start = performance.now();
  const loss = step();
  if (!Number.isFinite(loss)) throw new Error('the model of the bench diverged');
  return performance.now() - start;
}

/** Median time of a step on each backend. They take turns, so that a busy machine slows all of them alike. */
async function timesOf(backends: readonly Backend[], task: (typeof tasks)[number]): Promise<number[]> {
  const { warmUp, rounds } = plan[task.name];
  const runs: { backend: Backend; stepper: Stepper; times: number[] }[] = [];
  for (const backend of backends) {
    await activate(backend);
    const stepper = stepperOf(backend, task);
    for (let i = 0; i < warmUp; i += 1) stepper.step();
    runs.push({ backend, stepper, times: [] });
  }
  for (let round = 0; round < rounds; round += 1) {
    for (const { backend, stepper, times } of runs) {
      await activate(backend);
      times.push(milliseconds(stepper.step));
    }
  }
  for (const { backend, stepper } of runs) {
    await activate(backend);
    stepper.dispose();
  }
  return runs.map(({ times }) => median(times));
}

export const train: Bench = {
  summary: 'time of a training step, each backend beside the plain CPU backend in the same run',
  usage: '(no options)   ratio: to the plain CPU backend; 32 rows a step',
  async run(args) {
    parseArgs({ args: [...args], options: {} });
    const backends = await backendsHere();
    const rows: Row[] = [];
    for (const task of tasks) {
      const times = await timesOf(backends, task);
      const reference = times[backends.findIndex(({ name }) => name === 'cpu')] ?? Number.NaN;
      backends.forEach(({ name }, i) => {
        const ours = times[i] ?? Number.NaN;
        const bar = task.name === 'cnn' && name === 'wasm' ? { limit: cnnLimit } : {};
        rows.push({ row: `${task.name} ${name}`, ours, ratio: ours / reference, unit: 'ms a step', ...bar });
      });
    }
    return rows;
  },
};
