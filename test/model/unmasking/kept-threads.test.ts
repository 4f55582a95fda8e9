/** Workers that are kept from one sum to the next. docs/protocol.md §6.4 */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Worker } from 'node:worker_threads';
import { expect } from 'chai';
import { inputRoot } from '#crypto/packing.ts';
import { keptThreads } from '#model/unmasking/kept-threads.ts';
import { type OpenThreads, workerFile } from '#model/unmasking/threads.ts';
import { unmaskedSum } from '#model/unmasking/unmask.ts';
import { codeOf, masks, parameters, shape, sumOf, vectors, w } from './vectors.ts';

/** Workers that this process started since it was last asked. */
const started: Worker[] = [];
process.on('worker', (worker) => started.push(worker));
const alive = (workers: readonly Worker[]): number => workers.filter(({ threadId }) => threadId >= 0).length;

const stored = (packed: Uint8Array, member: number) => ({
  member,
  root: inputRoot(vectors[member]!, parameters, w),
  async *open() {
    yield packed;
  },
});

const sum = (open: OpenThreads, packed: readonly Uint8Array[], removed = masks, workers = 1) =>
  unmaskedSum(
    {
      ...{ shape, inputs: packed.map(stored), files: [] },
      ...{ masks: removed.values(), maskCount: removed.length },
    },
    open,
    workers,
  );

describe('kept threads', () => {
  beforeEach(() => void started.splice(0));

  it('make one sum after another, each from nothing, and end when they are closed', async () => {
    const threads = keptThreads();
    try {
      for (const [of, removed] of [
        [vectors, masks],
        [vectors.slice(0, 3), masks.slice(5)],
        [[], []],
        [vectors, masks],
      ] as const) {
        expect(await sum(threads.open, of, [...removed])).to.deep.equal(sumOf(of, removed));
      }
      expect([started.length, alive(started)]).to.deep.equal([1, 1]);
    } finally {
      await threads.close();
    }
    expect(alive(started)).to.equal(0);
    // What is still asked for is done by workers that nobody keeps.
    expect(await sum(threads.open, vectors)).to.deep.equal(sumOf(vectors, masks));
    expect([started.length, alive(started)]).to.deep.equal([2, 0]);
  });

  it('of a sum that failed are not used again, and sums at the same time share none', async () => {
    const threads = keptThreads();
    try {
      expect(await codeOf(sum(threads.open, [vectors[1]!]))).to.equal('evidence/other-input');
      const both = await Promise.all([sum(threads.open, vectors), sum(threads.open, [])]);
      expect(both).to.deep.equal([sumOf(vectors, masks), sumOf([], masks)]);
      expect([started.length, alive(started)]).to.deep.equal([3, 2]);
    } finally {
      await threads.close();
    }
    expect(alive(started)).to.equal(0);
  });

  it('that died while nobody needed them are replaced', async () => {
    const threads = keptThreads();
    try {
      await sum(threads.open, vectors);
      await Promise.all(started.map((worker) => worker.terminate()));
      expect(await sum(threads.open, vectors)).to.deep.equal(sumOf(vectors, masks));
    } finally {
      await threads.close();
    }
  });

  it('end when nothing needed them for a while, and no more are kept than asked for', async () => {
    const threads = keptThreads(workerFile, 1, 1);
    await sum(threads.open, vectors, masks, 2);
    await Promise.all(started.filter(({ threadId }) => threadId >= 0).map((worker) => once(worker, 'exit')));
    expect([started.length, alive(started)]).to.deep.equal([2, 0]);
    await threads.close();
  });

  it('keep no process alive', async () => {
    const run = `
      import { keptThreads } from '#model/unmasking/kept-threads.ts';
      const [thread] = await keptThreads().open(${JSON.stringify(shape)}, 1);
      console.log((await thread.words()).length);
      await thread.close();
    `;
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--import', 'tsx', '--input-type=module', '--eval', run],
      { cwd: fileURLToPath(new URL('../../..', import.meta.url)), timeout: 30_000 },
    );
    expect(stdout.trim()).to.equal(`${parameters.dimension}`);
  }).timeout(40_000);
});
