/** The sum is the same however many threads make it, and none is left. docs/protocol.md §6.4 */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Worker } from 'node:worker_threads';
import { expect } from 'chai';
import { TributaryError } from '#crypto/error.ts';
import { inputRoot } from '#crypto/packing.ts';
import { type Mask, RingAccumulator } from '#crypto/ring.ts';
import { type OpenThreads, openThreads, workersFor } from '#model/unmasking/threads.ts';
import { type StoredInput, unmaskedSum } from '#model/unmasking/unmask.ts';
import { PIECES_AHEAD } from '#model/unmasking/worker-thread.ts';
import { codeOf, masks, parameters, shape, sumOf, vectors, w } from './vectors.ts';

/** In pieces of no round length, each after a turn of the event loop. */
async function* slowly(bytes: Uint8Array): AsyncGenerator<Uint8Array, void> {
  const memory = new Uint8Array(7_001);
  for (let at = 0; at < bytes.length; at += memory.length) {
    await new Promise(setImmediate);
    const piece = bytes.subarray(at, at + memory.length);
    memory.set(piece);
    yield memory.subarray(0, piece.length);
  }
}

const stored = (packed: Uint8Array, member: number): StoredInput => ({
  member,
  root: inputRoot(packed, parameters, w),
  open: () => slowly(packed),
});
const inputs = vectors.map(stored);
const work = (of = inputs) => ({
  ...{ shape, inputs: of, files: [] },
  ...{ masks: masks.values(), maskCount: masks.length },
});

/** Threads that run what is here. */
const running =
  (file: URL): OpenThreads =>
  (of, count) =>
    openThreads(of, count, file);

/** All workers of this process, from here on. */
const workers: Worker[] = [];
process.on('worker', (worker) => workers.push(worker));

/** How many of them said that they are ready. */
let answers = 0;
const countAnswer = (): void => void (answers += 1);
process.on('worker', (worker) => worker.once('message', countAnswer));

/** How many were started since the last call; all have ended. */
function ended(): number {
  const started = workers.splice(0);
  expect(started.map(({ threadId }) => threadId)).to.deep.equal(started.map(() => -1));
  return started.length;
}

describe('an unmasked sum', () => {
  const whole = sumOf(vectors, masks);

  beforeEach(() => {
    workers.splice(0);
    answers = 0;
  });

  for (const count of [0, 1, 3]) {
    it(`is the sum of inputs and masks, with ${count} workers`, async () => {
      expect(await unmaskedSum(work(), openThreads, count)).to.deep.equal(whole);
      expect(answers).to.equal(count);
      expect(ended()).to.equal(count);
    });

    it(`is refused for an input that is not the signed one, with ${count} workers`, async () => {
      const [first, second] = inputs;
      const swapped = { ...first!, open: second!.open };
      expect(await codeOf(unmaskedSum(work([...inputs.slice(1), swapped]), openThreads, count))).to.equal(
        'evidence/other-input',
      );
      expect(ended()).to.equal(count);
    });

    it(`is refused for an input that is too long, with ${count} workers`, async () => {
      const longer = { ...inputs[4]!, open: () => slowly(new Uint8Array([...vectors[4]!, 0])) };
      expect(await codeOf(unmaskedSum(work([longer]), openThreads, count))).to.equal('vector/length');
    });
  }

  it('passes on what goes wrong while an input is read or a mask derived', async () => {
    const broken = async function* (): AsyncGenerator<Uint8Array, void> {
      yield vectors[0]!.subarray(0, 99);
      await new Promise(setImmediate);
      throw new TributaryError('ipfs/not-found', 'gone');
    };
    const unread = { ...inputs[0]!, open: broken };
    const underivable = function* (): Generator<Mask, void> {
      yield masks[0]!;
      throw new TributaryError('recovery/missing', 'not there');
    };
    for (const workers of [0, 2]) {
      expect(await codeOf(unmaskedSum(work([inputs[1]!, unread]), openThreads, workers))).to.equal(
        'ipfs/not-found',
      );
      const underived = { ...work(), masks: underivable() };
      expect(await codeOf(unmaskedSum(underived, openThreads, workers))).to.equal('recovery/missing');
    }
  });

  it('is made by workers of the compiled command, which stand beside the code that starts them', async function () {
    this.timeout(60_000);
    const file = fileURLToPath(new URL('../../../cli/compiled.mjs', import.meta.url));
    const { compiledEntry } = (await import(file)) as { compiledEntry: () => Promise<string> };
    const folder = new URL('.', await compiledEntry());
    const worker = new URL('unmasking-worker.mjs', folder);
    expect(await unmaskedSum(work(), running(worker), 2)).to.deep.equal(whole);
    expect([answers, ended()]).to.deep.equal([2, 2]);
    const code = readdirSync(folder).filter((name) => name.endsWith('.mjs'));
    const starts = 'new URL("./unmasking-worker.mjs", import.meta.url)';
    expect(code.some((name) => readFileSync(new URL(name, folder), 'utf8').includes(starts))).to.equal(true);
  });

  it('is made by this thread where no worker can be started', async () => {
    const missing = new URL('./no-such-worker.mjs', import.meta.url);
    expect(await unmaskedSum(work(), running(missing), 2)).to.deep.equal(whole);
    expect([answers, ended()]).to.deep.equal([0, 2]);
  });

  for (const [what, end, message] of [
    ['ends', 'process.exit(0)', 'ended early'],
    ['breaks', "throw new Error('out of memory')", 'out of memory'],
  ] as const) {
    it(`fails where a worker ${what} on the way, and at whatever it is told then`, async () => {
      const code = `import { parentPort } from 'node:worker_threads';
        parentPort.on('message', () => { ${end}; });
        parentPort.postMessage({ kind: 'done' });`;
      const [thread] = await openThreads(
        shape,
        1,
        new URL(`data:text/javascript,${encodeURIComponent(code)}`),
      );
      for (const told of [1, 2]) {
        const failed = await thread!.words().catch((error: unknown) => String(error));
        expect(failed, String(told)).to.include(message);
      }
      await thread!.close();
    });
  }

  it('has nothing in it of nothing', async () => {
    const nothing = { shape, inputs: [], files: [], masks: [].values(), maskCount: 0 };
    expect(await unmaskedSum(nothing, openThreads, 0)).to.deep.equal(new Uint32Array(parameters.dimension));
  });
});

describe('the threads of an unmasking', () => {
  it('are so many as there are cores where the work is worth it, and vectors leave room', () => {
    expect(workersFor(2 ** 27 - 1, 1_000, 4)).to.equal(0);
    expect(workersFor(2 ** 27, 1_000, 4)).to.equal(4);
    expect(workersFor(2 ** 27, 1_000, 1)).to.equal(0);
    expect(workersFor(2 ** 40, 1_000, 64)).to.equal(8);
    // Sums of 2^25 words take 128 MiB each, of 512 together.
    expect(workersFor(2 ** 40, 2 ** 25, 8)).to.equal(4);
    expect(workersFor(2 ** 40, 2 ** 27, 8)).to.equal(0);
  });

  it('read pieces whose memory is used again', async () => {
    const [thread] = await openThreads(shape, 1);
    try {
      const packed = vectors[0]!;
      const memory = new Uint8Array(20_000);
      const taken = [thread!.take({ kind: 'input', member: 0, root: inputs[0]!.root })];
      for (let at = 0; at < packed.length; at += memory.length) {
        if (taken.length === PIECES_AHEAD) await taken.shift();
        const piece = packed.subarray(at, at + memory.length);
        memory.set(piece);
        taken.push(thread!.take({ kind: 'piece', bytes: memory.subarray(0, piece.length) }));
        memory.fill(0xee);
      }
      taken.push(thread!.take({ kind: 'end' }));
      await Promise.all(taken);
      const sum = new RingAccumulator(parameters.dimension, w);
      sum.addPacked(packed);
      expect(await thread!.words()).to.deep.equal(sum.words());
    } finally {
      await thread!.close();
    }
  });
});
