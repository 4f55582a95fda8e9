import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { expect } from 'chai';
import { loadCsv, type CsvOptions } from '#datasets/csv.ts';
import { standardise, type Table } from '#datasets/table.ts';
import { TributaryError } from '#crypto/error.ts';
import { removeFolder, temporaryFolder } from '#test/support/ipfs.ts';
import { failureOf } from '#test/ipfs/failure.ts';

const schema = { features: ['age', 'dose'], label: 'ill' };
const few: CsvOptions = { minimumRows: 1 };

describe('the CSV loader', () => {
  const folder = temporaryFolder();
  after(() => removeFolder(folder));

  const fileOf = (text: string | Uint8Array): string => {
    const file = join(folder, 'rows.csv');
    writeFileSync(file, text);
    return file;
  };
  const load = (text: string | Uint8Array, options: CsvOptions = few) =>
    loadCsv(fileOf(text), schema, options);

  it('takes the named columns in the asked-for order, as they are written', async () => {
    const table = await load('name,dose,ill,age\nx,0.1,1,70\n"y, z", -2.5e-3 ,0,+8.\n');
    expect(table.features).to.deep.equal(['age', 'dose']);
    expect(table.rows).to.equal(2);
    expect([...table.values]).to.deep.equal([70, 0.1, 8, -0.0025]);
    expect([...table.labels]).to.deep.equal([1, 0]);
  });

  it('takes line ends of both kinds, a byte-order mark, spaced names and empty lines', async () => {
    const table = await load('\ufeffage , dose,ill\r\n1,2,0\r\n\r\n3,4,1');
    expect([...table.values]).to.deep.equal([1, 2, 3, 4]);
  });

  it('reads a file that comes in many pieces', async () => {
    const lines = Array.from({ length: 20_000 }, (_, i) => `${i},${i / 8},${i % 2}`);
    const table = await load(`age,dose,ill\n${lines.join('\n')}\n`);
    expect(table.rows).to.equal(20_000);
    expect(table.values.at(-1)).to.equal(19_999 / 8);
    expect(table.values.at(-2)).to.equal(19_999);
    expect(table.labels.at(-1)).to.equal(1);
  });

  it('names file, line and column of what it refuses, and never what is written there', async () => {
    const secret = '4242';
    const head = 'age,dose,ill\n1,2,0\n';
    const refused: [string, string, string[]][] = [
      [`${head}3,4,1\n${secret},x${secret},1\n`, 'data/bad-row', ['line 4', 'dose']],
      [`${head}${secret},,1\n`, 'data/bad-row', ['line 3', 'dose']],
      [`${head}0x${secret},1,1\n`, 'data/bad-row', ['line 3', 'age']],
      [`${head}${secret} ${secret},1,1\n`, 'data/bad-row', ['line 3', 'age']],
      [`${head}1_0,${secret},1\n`, 'data/bad-row', ['line 3', 'age']],
      [`${head}${secret},5\n`, 'data/bad-row', ['line 3', '2 fields instead of 3']],
      [`${head}${secret},5,1,9\n`, 'data/bad-row', ['line 3', '4 fields instead of 3']],
      [`${head}"${secret}"x,5,1\n`, 'data/bad-row', ['line 3', 'CSV_']],
      [`${head}"${secret},5,1\n`, 'data/bad-row', ['line', 'CSV_QUOTE_NOT_CLOSED']],
      [`${head}NaN,${secret},1\n`, 'data/not-finite', ['line 3', 'age']],
      [`${head}${secret},-Infinity,1\n`, 'data/not-finite', ['line 3', 'dose']],
      [`${head}${secret}e999,1,1\n`, 'data/not-finite', ['line 3', 'age']],
      [`${head}1,1,${secret}\n`, 'data/bad-label', ['line 3', 'ill']],
      [`${head}1,1,1.0\n`, 'data/bad-label', ['line 3', 'ill']],
      [`${head}${secret},1,\n`, 'data/bad-label', ['line 3', 'ill']],
      [`${head}${'1'.repeat(1024 * 1024 + 10)},${secret},1\n`, 'data/bad-row', ['CSV_MAX_RECORD_SIZE']],
    ];
    for (const [text, code, named] of refused) {
      const failure = await failureOf(load(text));
      const what = text.slice(head.length, head.length + 30);
      expect(failure.code, what).to.equal(code);
      for (const part of ['rows.csv', ...named]) expect(failure.message, what).to.contain(part);
      expect(inspect(failure, { depth: 9, showHidden: true }), what).not.to.contain(secret);
    }
  });

  it('names the column that is missing or there twice', async () => {
    const missing = await failureOf(load('age,ill\n1,0\n'));
    expect(missing.code).to.equal('data/missing-column');
    expect(missing.message).to.contain('dose');
    expect(await failureOf(load('age,dose\n1,0\n'))).to.have.property('code', 'data/missing-column');
    const twice = await failureOf(load('age,dose,ill,dose\n1,2,0,3\n'));
    expect(twice.code).to.equal('data/duplicate-column');
    expect(twice.message).to.contain('dose');
  });

  it('refuses an empty file and one with too few rows', async () => {
    expect(await failureOf(load(''))).to.have.property('code', 'data/empty');
    const rows = (n: number) => `age,dose,ill\n${'1,2,0\n'.repeat(n)}`;
    expect((await failureOf(load(rows(0)))).code).to.equal('data/too-few-rows');
    expect((await failureOf(load(rows(7), {}))).code).to.equal('data/too-few-rows');
    expect((await load(rows(8), {})).rows).to.equal(8);
    expect((await failureOf(load(rows(8), { minimumRows: 9 }))).message)
      .to.contain('8 rows')
      .and.to.contain('9');
  });

  it('says which file it can not read', async () => {
    mkdirSync(join(folder, 'a-folder'));
    for (const name of ['no.csv', 'a-folder']) {
      const failure = await failureOf(loadCsv(join(folder, name), schema));
      expect(failure.code).to.equal('data/unreadable');
      expect(failure.message).to.contain(name);
    }
  });
});

describe('standardisation', () => {
  const table: Table = {
    features: ['age', 'dose'],
    rows: 2,
    values: Float64Array.of(0.1, 1e-3, 70, -1),
    labels: Float32Array.of(0, 1),
  };
  const bounds = [
    { centre: 0.2, scale: 0.3 },
    { centre: -1, scale: 1e-3 },
  ];
  const codeOf = (run: () => unknown) => {
    try {
      run();
    } catch (error) {
      if (error instanceof TributaryError) return error;
    }
    throw new Error('expected a TributaryError');
  };

  it('computes in float64 and rounds to float32 once', () => {
    const { features, labels, rows } = standardise(table, bounds);
    expect([...features]).to.deep.equal(
      [(0.1 - 0.2) / 0.3, (1e-3 + 1) / 1e-3, (70 - 0.2) / 0.3, 0].map(Math.fround),
    );
    expect([...features][0]).not.to.equal(
      Math.fround(Math.fround(Math.fround(0.1) - Math.fround(0.2)) / Math.fround(0.3)),
    );
    expect(rows).to.equal(2);
    expect(labels).to.equal(table.labels);
  });

  it('refuses bounds that can not scale', () => {
    for (const scale of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
      const failure = codeOf(() =>
        standardise(table, [
          { centre: 0, scale: 1 },
          { centre: 0, scale },
        ]),
      );
      expect(failure.code).to.equal('data/bad-scale');
      expect(failure.message).to.contain('dose');
    }
    expect(
      codeOf(() => standardise(table, [{ centre: Number.NaN, scale: 1 }, bounds[1] as never])).code,
    ).to.equal('data/bad-scale');
    expect(codeOf(() => standardise(table, bounds.slice(1))).code).to.equal('data/bad-scale');
    expect(codeOf(() => standardise(table, [...bounds, ...bounds])).code).to.equal('data/bad-scale');
  });

  it('refuses what float32 can not hold, by row and column, without the value', () => {
    const failure = codeOf(() =>
      standardise(table, [
        { centre: 0, scale: 1e-38 },
        { centre: -1, scale: 1 },
      ]),
    );
    expect(failure.code).to.equal('data/not-finite');
    expect(failure.message).to.contain('row 2').and.to.contain('age').and.not.to.contain('70');
  });
});
