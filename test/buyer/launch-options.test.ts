/** What the options of `buyer launch` ask for, and which contradict each other. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { askFor } from '#cli/commands/buyer-consent.ts';
import { askedText, limitOf, wishesFrom, type LaunchOptions } from '#cli/commands/buyer-launch-wishes.ts';
import { scoreFields, scoresText } from '#cli/commands/buyer-scores.ts';
import { tabularClassifier } from '#model/templates.ts';
import { digestOfText } from '#test/support/cohort.ts';
import { recipe } from '#test/support/lineage.ts';
import { coordinator as address } from './market.ts';
import { codeOf } from './stage.ts';

describe('the options of a launch', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'tributary-options-'));
  });
  after(() => rmSync(folder, { recursive: true }));
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };

  const options = (change: Partial<LaunchOptions> = {}): LaunchOptions => ({
    template: 'tabular-classifier',
    hidden: 7,
    filters: 8,
    embedding: 16,
    length: 64,
    bonus: 5n,
    coordinator: 'http://c',
    minimumCohort: 4,
    name: 'job',
    enrollingSeconds: 600,
    phaseSeconds: 60,
    roundTimeout: 3_600,
    shortWindow: 600,
    longWindow: 86_400,
    cutoffDays: 30,
    retentionDays: 90,
    ...change,
  });
  const without = (change: Partial<LaunchOptions>) => {
    const { template, ...rest } = options(change);
    return template && (rest as LaunchOptions);
  };
  const wish = (given: LaunchOptions) => wishesFrom(given, { url: 'http://c', address });
  const code = (given: LaunchOptions | undefined) => codeOf((async () => wish(given ?? options()))());

  it('are what a job is arranged from', () => {
    const seed = digestOfText('seed');
    const found = wish(
      options({ label: 'y', columns: ['a'], datasets: [3, 4, 5], rounds: 6, seed, batch: 9 }),
    );
    expect(found).to.deep.include({
      label: 'y',
      columns: ['a'],
      datasets: [3, 4, 5],
      rounds: 6,
      bonusPool: 5n,
      budget: null,
    });
    expect(found.what).to.have.nested.property('model.hidden', 7);
    expect(found.what).to.have.nested.property('training.batchSize', 9);
    expect(found.running).to.deep.equal({
      coordinator: { url: 'http://c', address },
      minimumCohort: 4,
      seed,
      phases: { enrolling: 600, sharing: 60, masking: 60, confirming: 60, unmasking: 60, settling: 60 },
      windows: { roundTimeout: 3_600, short: 600, long: 86_400, duration: 2_592_000 },
      evidence: { readers: [], retentionDays: 90 },
    });
    const readers = [`0x${'AB'.repeat(20)}`, `0x${'cd'.repeat(20)}`];
    expect(wish(options({ evidenceReader: readers, retentionDays: 7 })).running.evidence).to.deep.equal({
      readers: readers.map((reader) => reader.toLowerCase()),
      retentionDays: 7,
    });
    expect(wish(options()).running.seed).not.to.equal(wish(options()).running.seed);
  });

  it('name one model', async () => {
    const model = file('model.json', tabularClassifier(2, 2));
    expect(wish(without({ model }) ?? options()).what).to.deep.include({
      model: { keras: tabularClassifier(2, 2) },
    });
    expect(await code(options({ model }))).to.equal('launch/bad-options');
    expect(await code(without({}))).to.equal('launch/bad-options');
    expect(await code(without({ model: join(folder, 'none') }))).to.equal('launch/bad-file');
  });

  it('read words of a text model from a file', () => {
    const vocabulary = file('words.txt', 'good\nbad  fine\n\n');
    expect(wish(options({ vocabulary })).what).to.deep.include({ vocabulary: ['good', 'bad', 'fine'] });
  });

  it('take a recipe as it is, and nothing that it says itself', async () => {
    const job = {
      topology: JSON.parse(tabularClassifier(2, 2)) as object,
      recipe,
      aggregation: { bits: 12, clip: '1', range: '1', chunkWords: 8, rounding: 'nearest', sparse: null },
    };
    const path = file('job.json', JSON.stringify(job));
    const { what } = wish(without({ recipe: path }) ?? options());
    expect(what).to.deep.include({ recipe, aggregation: job.aggregation, topology: tabularClassifier(2, 2) });
    expect(await code(without({ recipe: path, label: 'y' }))).to.equal('launch/bad-options');
    expect(await code(without({ recipe: path, optimiser: 'sgd' }))).to.equal('launch/bad-options');
    expect(await code(without({ recipe: file('bad.json', '{') }))).to.equal('launch/bad-file');
    expect(await code(without({ recipe: file('none.json', '{}') }))).to.equal('launch/bad-plan');
  });

  it('bound what may be spent by the lower of two', () => {
    expect(limitOf(options())).to.equal(null);
    expect(limitOf(options({ budget: 5n }))).to.equal(5n);
    expect(limitOf(options({ maxCost: 6n }))).to.equal(6n);
    expect(limitOf(options({ budget: 5n, maxCost: 4n }))).to.equal(4n);
    expect(limitOf(options({ budget: 3n, maxCost: 4n }))).to.equal(3n);
  });

  it('ask the same in any order, wherever the home is, and something else where a file changed', () => {
    const model = file('asked.json', 'one');
    const asked = askedText(options({ budget: 5n, model }));
    expect(askedText({ model, ...options({ budget: 5n, yes: true, home: '/x', json: true }) })).to.equal(
      asked,
    );
    expect(askedText(options({ budget: 6n, model }))).not.to.equal(asked);
    file('asked.json', 'two');
    expect(askedText(options({ budget: 5n, model }))).not.to.equal(asked);
  });

  it('take the command for consent where nobody can be asked', async () => {
    const { isTTY } = process.stdin;
    process.stdin.isTTY = false;
    await askFor('Buy?', undefined);
    process.stdin.isTTY = isTTY;
    await askFor('Buy?', true);
    const no = async () => false;
    expect(await codeOf(askFor('Buy?', undefined, no))).to.equal('launch/not-confirmed');
    await askFor('Buy?', undefined, async () => true);
  });

  it('tell metrics by their names, the best known at the top', () => {
    const metrics = { accuracy: 0.91234, logLoss: 0.2, macroF1: 0.5 };
    expect(scoresText({ metrics, rows: 3 })).to.equal('accuracy 0.9123, loss 0.2000, macro F1 0.5000');
    expect(scoreFields({ metrics, rows: 3 })).to.deep.equal({
      accuracy: 0.91234,
      logLoss: 0.2,
      metrics,
      rows: 3,
    });
    expect(scoreFields({ metrics: { r2: 0.5 }, rows: 3 })).to.deep.equal({ metrics: { r2: 0.5 }, rows: 3 });
  });
});
