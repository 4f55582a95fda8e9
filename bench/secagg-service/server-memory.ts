/** How much memory a coordinator needs for taking in all inputs of a large cohort at once. protocol.md §4.4 */
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TributaryError } from '#crypto/error.ts';
import { openEmbedded } from '#coordinator/store/embedded-database.ts';
import { openRecords } from '#coordinator/store/records.ts';
import { coordinatorApi } from '#protocol/http/coordinator-api.ts';
import { deployedChain } from '../deployed-chain.ts';
import type { Row } from '../row.ts';
import { startServer } from '../load/child.ts';
import { attemptInMasking, type Waiting } from './attempt-in-masking.ts';
import { memoryOf, resetPeak } from './memory-of.ts';

const MB = 1_000_000;
const coordinatorProcess = new URL('coordinator-process.ts', import.meta.url);
const barMb = 300;
/** What the bar is of. */
const full = { inputs: 1_000, weights: 1_000_000 };

/** The row; another number of inputs is measured without its bar. */
export type MemoryRun = Readonly<{ inputs: number; weights: number; atOnce: number }>;
export const fullRun: MemoryRun = { ...full, atOnce: 128 };

/**
 * As the command line asks for it.
 *
 * @param inputs from 101 on a cohort is as sparse as the whole one
 * @throws TributaryError `bench/option`
 */
export function memoryRun(inputs: string, atOnce: string): MemoryRun {
  const run = { ...fullRun, inputs: Number(inputs), atOnce: Number(atOnce) };
  if (!Number.isInteger(run.inputs) || run.inputs < 101 || run.inputs > 1_024) {
    throw new TributaryError('bench/option', `--inputs wants a whole number from 101 to 1024, not ${inputs}`);
  }
  if (!Number.isInteger(run.atOnce) || run.atOnce < 1) {
    throw new TributaryError('bench/option', `--at-once wants a whole number of at least 1, not ${atOnce}`);
  }
  return run;
}

/** @returns nothing where the platform does not say what a process's memory was: why is on standard error */
export async function serverMemory({ inputs, weights, atOnce }: MemoryRun): Promise<Row | null> {
  if (process.platform !== 'linux') {
    console.error('server-memory skipped: only Linux tells the most memory that a process had (VmHWM)');
    return null;
  }
  const folder = await mkdtemp(join(tmpdir(), 'secagg-'));
  const { chain, account, deployment } = await deployedChain();
  try {
    const { chainId, escrow } = deployment;
    const waiting = attemptInMasking({ chainId, escrow }, account.address, inputs, weights);
    await store(folder, waiting);
    const args = [folder, chain.url, account.key.privateKey, JSON.stringify(deployment)];
    const child = await startServer(coordinatorProcess, args, ['--expose-gc']);
    try {
      await resetPeak(child.pid);
      const idle = await memoryOf(child.pid);
      const began = performance.now();
      await send(child.url, waiting, atOnce);
      const seconds = (performance.now() - began) / 1000;
      const { peak } = await memoryOf(child.pid);
      await checkStored(folder, waiting);
      console.error(
        `server-memory: ${inputs} inputs of ${weights} weights, up to ${atOnce} at once, in ${seconds.toFixed(1)} s; ` +
          `idle ${(idle.now / MB).toFixed(0)} MB, at most ${(peak / MB).toFixed(0)} MB`,
      );
      return rowOf({ inputs, weights, atOnce }, (peak - idle.now) / MB);
    } finally {
      await child.stop();
    }
  } finally {
    await chain.stop();
    await rm(folder, { recursive: true });
  }
}

function rowOf({ inputs, weights }: MemoryRun, ours: number): Row {
  const row = { row: 'server-memory', ours, unit: 'MB' };
  if (inputs >= full.inputs && weights >= full.weights) {
    return { ...row, limit: barMb, ratio: ours / barMb, bar: 1 };
  }
  console.error(
    `server-memory: without its bar, which is for ${full.inputs} inputs of ${full.weights} weights`,
  );
  return row;
}

async function store(folder: string, { id, state }: Waiting): Promise<void> {
  const database = await openEmbedded({ folder });
  const job = { job: id.job, state: 'active', rounds: 1, round: id.round, attempt: id.attempt } as const;
  const change = { job, attempts: [{ revision: 1, state }], message: null };
  await openRecords(database).turn(id.job, (turn) => turn.save(change));
  await database.close();
}

/** Every member sends its input; so many are under way at any time. */
async function send(url: string, { id, state, inputOf }: Waiting, atOnce: number): Promise<void> {
  const api = coordinatorApi(url);
  let next = 0;
  const sender = async (): Promise<void> => {
    while (next < state.enrolments.length) {
      const { envelope, vector } = inputOf(next++);
      await api.upload(id, envelope, vector);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, sender));
  const { phase } = await api.attempt(id);
  if (phase !== 'confirming') throw new Error(`all inputs were accepted, and the attempt is still ${phase}`);
}

async function checkStored(folder: string, { id, state }: Waiting): Promise<void> {
  const inputs = join(folder, 'inputs', `${id.job}-${id.round}-${id.attempt}`);
  const files = await readdir(inputs);
  const sizes = await Promise.all(files.map(async (file) => (await stat(join(inputs, file))).size));
  const whole = new Set(sizes);
  if (files.length !== state.enrolments.length || whole.size !== 1)
    throw new Error('not every input was kept');
}
