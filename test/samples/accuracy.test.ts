/** The bench of the demo's accuracy: its federation against arithmetic by hand, its baselines, its rows. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { type Outcome, deal, demoAccuracy, rowsOf } from '../../bench/demo-accuracy.ts';
import { type Federation, federate } from '../../bench/federation.ts';
import { holds } from '../../bench/row.ts';
import { clipToNorm } from '#crypto/quantise.ts';
import { seededRng } from '#crypto/random.ts';
import { type Batch, rowsInMemory } from '#datasets/row-source.ts';
import { wdbcJob, wdbcRecipe } from '#datasets/samples/wdbc-job.ts';
import { bestSingleOwner, centralised, pooled, rateFactors } from '#examples/baseline/baseline.ts';
import { evaluate } from '#model/evaluate.ts';
import { initialWeights } from '#model/initial.ts';
import { type Backend, loadBackend } from '#model/tensorflow.ts';
import { tabularClassifier } from '#model/templates.ts';
import { parseTopology, type Topology } from '#model/topology.ts';
import { train } from '#model/train.ts';
import { toDecimal } from '#protocol/units.ts';

const topology = parseTopology(tabularClassifier(2, 3));
const initial = initialWeights(topology, new Uint8Array(32));
const recipe = {
  ...wdbcRecipe([
    { type: 'number', name: 'a', centre: toDecimal(0), scale: toDecimal(1), missing: 'refuse' },
  ]),
  local: { unit: 'epochs', count: 1 } as const,
  batchSize: 2,
};

/** Rows of two features around a line. */
const rowsFrom = (start: number, count: number): Batch => {
  const features = Float32Array.from({ length: count * 2 }, (_, i) => Math.sin((start + i) * 1.7) * 2);
  const labels = Float32Array.from({ length: count }, (_, i) =>
    features[2 * i]! > features[2 * i + 1]! ? 1 : 0,
  );
  return { features, labels };
};
const shards = [rowsFrom(0, 5), rowsFrom(20, 9), rowsFrom(60, 3)];
const job: Federation = {
  topology,
  initial,
  recipe,
  aggregation: wdbcJob.aggregation,
  shards,
  rounds: 1,
  lost: () => undefined,
  seed: new Uint8Array(32).fill(3),
};

describe('the demo in one process', () => {
  let backend: Backend;
  before(async () => {
    backend = await loadBackend({ prefer: 'wasm' });
  });

  async function measured(of: Topology, weights: Float32Array, batch: Batch) {
    const rows = rowsInMemory(of.features, batch);
    const { metrics } = await evaluate(backend, { topology: of, weights, rows }, recipe);
    return { accuracy: metrics.accuracy!, logLoss: metrics.logLoss! };
  }

  /** Clipped updates of one round, averaged by the buckets 4, 8 and 2 of those who are not lost. */
  async function averageByHand(clip: number, lost?: number): Promise<Float64Array> {
    const rng = seededRng(job.seed);
    const total = new Float64Array(topology.dimension);
    let weightSum = 0;
    for (const [owner, rows] of shards.entries()) {
      const { weights } = await train(backend, {
        topology,
        weights: initial,
        recipe,
        round: 1,
        seed: rng.bytes(32),
        rows: rowsInMemory(2, rows),
      });
      if (owner === lost) continue;
      const weight = [4, 8, 2][owner]!;
      const update = clipToNorm(
        Float64Array.from(weights, (after, i) => after - initial[i]!),
        clip,
      );
      total.forEach((_, i) => (total[i]! += weight * update[i]!));
      weightSum += weight;
    }
    return total.map((value) => value / weightSum);
  }

  it('averages clipped updates by the buckets of row counts, to the precision of the grid', async () => {
    for (const [clip, lost] of [
      [2, undefined],
      [0.01, undefined],
      [2, 1],
    ] as const) {
      const aggregation = { ...wdbcJob.aggregation, clip, range: clip };
      const { weights, steps } = await federate(backend, { ...job, aggregation, lost: () => lost });
      const expected = await averageByHand(clip, lost);
      // protocol.md §2.2: |U3| · r / (2L · Σ ω), Σ ω ≥ 6 / 8, and float32's own rounding.
      const bound = (3 * clip) / (2 * 32_767 * 0.75) + 1e-7;
      weights.forEach((weight, i) => expect(weight - initial[i]!).to.be.closeTo(expected[i]!, bound));
      expect(steps).to.equal(3 + 5 + 2);
    }
  });

  it('starts each round from the last one, with fresh orders of rows', async () => {
    const one = await federate(backend, job);
    const two = await federate(backend, { ...job, rounds: 2 });
    expect(two.steps).to.equal(20);
    expect(two.weights).to.not.deep.equal(one.weights);
    const lostInSecond = await federate(backend, {
      ...job,
      rounds: 2,
      lost: (round) => (round === 2 ? 0 : undefined),
    });
    expect(lostInSecond.weights).to.not.deep.equal(two.weights);
    expect(await federate(backend, { ...job, rounds: 2 })).to.deep.equal(two);
  });

  it('gives baselines the same steps at three rates, and takes the best of each measure', async () => {
    const task = { topology, initial, recipe, shards, heldOut: rowsFrom(100, 40), steps: 13, seed: job.seed };
    expect(rateFactors.length).to.equal(3);
    const all = pooled(shards);
    expect(all.labels.length).to.equal(17);
    expect([...all.features.subarray(10, 28)]).to.deep.equal([...shards[1]!.features]);
    const outcomes = async (rows: Batch, seed: Uint8Array) => {
      const list = [];
      for (const factor of rateFactors) {
        const learningRate = { schedule: 'constant', rate: toDecimal(0.4 * factor) } as const;
        const trained = await train(backend, {
          topology,
          weights: initial,
          recipe: { ...recipe, learningRate, local: { unit: 'steps', count: 13 } },
          round: 1,
          seed,
          rows: rowsInMemory(2, rows),
        });
        list.push(await measured(topology, trained.weights, task.heldOut));
      }
      return list;
    };
    const best = (list: { accuracy: number; logLoss: number }[]) => ({
      accuracy: Math.max(...list.map(({ accuracy }) => accuracy)),
      logLoss: Math.min(...list.map(({ logLoss }) => logLoss)),
    });
    expect(await centralised(backend, task)).to.deep.equal(best(await outcomes(all, task.seed)));
    const rng = seededRng(task.seed);
    const single = [];
    for (const rows of shards) single.push(...(await outcomes(rows, rng.bytes(32))));
    expect(await bestSingleOwner(backend, task)).to.deep.equal(best(single));
  });

  it('learns on the real rows, though an input is lost', async () => {
    const { buyer, rng, ...dealt } = deal(4);
    const start = await measured(dealt.topology, dealt.initial, buyer);
    const federated = await federate(backend, {
      ...dealt,
      aggregation: wdbcJob.aggregation,
      rounds: wdbcJob.rounds,
      lost: (round) => (round === 2 ? 1 : undefined),
      seed: rng.bytes(32),
    });
    const end = await measured(dealt.topology, federated.weights, buyer);
    expect(start.logLoss).to.be.above(0.4);
    expect(start.accuracy).to.be.below(0.9);
    expect(end.logLoss).to.be.below(0.1);
    expect(end.accuracy).to.be.above(0.95);
    expect(dealt.shards.map(({ labels }) => labels.length).reduce((sum, rows) => sum + rows, 0)).to.equal(
      398,
    );
  });

  it('counts the gaps the right way round', () => {
    const other: Outcome = {
      start: { accuracy: 0, logLoss: 9 },
      federated: { accuracy: 0.5, logLoss: 0.5 },
      centralised: { accuracy: 0.75, logLoss: 0.25 },
      single: { accuracy: 0.625, logLoss: 0.625 },
    };
    const better: Outcome = { ...other, federated: { accuracy: 1, logLoss: 0.25 } };
    const rows = rowsOf([other, better]);
    expect(rows.map(({ row, ours, limit }) => [row, ours, limit])).to.deep.equal([
      ['accuracy-gap', 0, -0.02],
      ['logloss-gap', 0.25, 0],
    ]);
    expect(rowsOf([other]).map(holds)).to.deep.equal([false, true]);
    expect(rows.map((row) => holds({ ...row, ours: row.limit! }))).to.deep.equal([true, false]);
  });
});

describe('the bench runner', () => {
  it('refuses counts that are none', async () => {
    for (const args of [
      ['--seeds', '0'],
      ['--seeds', 'all'],
      ['--first-seed', '1.5'],
    ]) {
      const refused: unknown = await demoAccuracy.run(args).catch((error: unknown) => error);
      expect(refused).to.have.property('code', 'bench/option');
    }
  });

  const run = (...args: string[]) =>
    spawnSync(
      process.execPath,
      ['--import', 'tsx', fileURLToPath(new URL('../../bench/run.ts', import.meta.url)), ...args],
      {
        encoding: 'utf8',
      },
    );

  it('lists its benches, and refuses what it does not know with status 2', () => {
    expect(run('--help').stdout).to.match(/demo-accuracy {2}federated/);
    for (const args of [['nothing'], ['demo-accuracy', '--sedes', '1']]) {
      const { status, stdout, stderr } = run(...args);
      expect(status).to.equal(2);
      expect(stdout).to.equal('');
      expect(stderr).to.not.match(/^\s+at /m);
    }
  });
});
