/** Inspecting a file: what it proposes, what it warns of, and that memory has a bound. */
import { expect } from 'chai';
import { identifierReason } from '#datasets/inspect/identifier.ts';
import { inspectFile } from '#datasets/inspect/inspect-file.ts';
import { proposeSchema } from '#datasets/inspect/propose.ts';
import { warningsOf } from '#datasets/inspect/warnings.ts';
import { failureOf } from '#test/ipfs/failure.ts';
import { removeFolder, temporaryFolder } from '#test/support/ipfs.ts';
import { allRows, fileIn } from './rows-file.ts';

describe('inspecting a file', () => {
  const folder = temporaryFolder();
  after(() => removeFolder(folder));

  const profileOf = (text: string, label: string | null = null, leftOut: string[] = [], name = 'rows.csv') =>
    inspectFile(fileIn(folder, text, name), label, leftOut);
  const schemaOf = async (...given: Parameters<typeof profileOf>) => proposeSchema(await profileOf(...given));
  async function warned(...given: Parameters<typeof profileOf>) {
    const profile = await profileOf(...given);
    return warningsOf(profile, proposeSchema(profile));
  }
  const kinds = async (...given: Parameters<typeof profileOf>) =>
    (await warned(...given)).map(({ warning, column, blocking }) => [warning, column, blocking]);

  const csv = (header: string, count: number, row: (i: number) => string) =>
    `${header}\n${Array.from({ length: count }, (_, i) => row(i)).join('\n')}\n`;
  /** Nothing to warn of but the public bounds. */
  const plain = csv('age,sex,y', 100, (i) => `${20 + ((i * 7) % 50) + 0.5},${i % 3 ? 'f' : 'm'},${i % 2}`);

  it('proposes types, vocabularies, bounds and what may be missing', async () => {
    const text = csv('age,sex,note,empty,y', 100, (i) =>
      [
        i % 10 === 0 ? 'NA' : 20.5 + (i % 50),
        ['f', 'm', 'x'][i % 3],
        `word ${i}`,
        '',
        i % 2 ? 'yes' : 'no',
      ].join(),
    );
    expect(await schemaOf(text)).to.deep.include({
      columns: [
        { type: 'number', name: 'age', minimum: '20', maximum: '70', missing: true },
        { type: 'category', name: 'sex', vocabulary: ['f', 'm', 'x'], missing: false },
        { type: 'text', name: 'note', missing: false },
      ],
      label: { type: 'class', name: 'y', classes: ['no', 'yes'] },
    });
  });

  it('proposes a schema that the file is read by', async () => {
    for (const [text, name] of [
      [plain, 'rows.csv'],
      [plain.replaceAll(',', ';'), 'rows.csv'],
      [plain.replaceAll(',', '\t'), 'rows.tsv'],
      [csv('{"x":0,"y":"a"}', 20, (i) => `{"x":${i / 3},"y":"${i % 2 ? 'a' : 'b'}"}`), 'rows.jsonl'],
    ] as const) {
      const file = fileIn(folder, text, name);
      const schema = proposeSchema(await inspectFile(file, null));
      expect((await allRows(file, schema)).length).to.be.above(20);
    }
  });

  it('takes few whole numbers or words for classes, and other numbers for a target', async () => {
    const label = async (value: (i: number) => string | number) =>
      (await schemaOf(csv('x,y', 300, (i) => `${i / 2},${value(i)}`))).label;
    expect(await label((i) => i % 12)).to.deep.equal({
      type: 'class',
      name: 'y',
      classes: Array.from({ length: 12 }, (_, i) => String(i)),
    });
    expect(await label((i) => i % 21)).to.deep.equal({
      type: 'number',
      name: 'y',
      minimum: '0',
      maximum: '30',
    });
    expect(await label((i) => (i % 2) + 0.5)).to.deep.include({ type: 'number', minimum: '0', maximum: '2' });
    expect(await label((i) => `w${i % 100}`)).to.have.property('type', 'class');
    for (const value of [(i: number) => `w${i % 101}`, () => 'same', () => '']) {
      const failure = await failureOf(label(value));
      expect(failure.code).to.equal('inspect/no-label');
      expect(failure.message).to.contain('column y');
    }
  });

  it('tells categories from texts by how many words there are for how many rows', async () => {
    const type = async (words: number, count: number) =>
      (await schemaOf(csv('x,y', count, (i) => `w${i % words},${i % 2}`))).columns[0]?.type;
    expect(await type(20, 60)).to.equal('category');
    expect(await type(21, 60)).to.equal('text');
    expect(await type(21, 420)).to.equal('category');
    expect(
      (await schemaOf(csv('x,y', 60, (i) => `${'x'.repeat(101)}${i % 2},${i % 2}`))).columns[0]?.type,
    ).to.equal('text');
    expect((await schemaOf(csv('x,y', 60, (i) => `a\u0007${i % 2},${i % 2}`))).columns[0]?.type).to.equal(
      'text',
    );
  });

  it('finds the label by its name, else takes the last column, or the one that is asked for', async () => {
    const named = async (header: string, label: string | null = null) =>
      (
        await profileOf(
          csv(header, 20, (i) => `${i},${i % 2},${i % 3}`),
          label,
        )
      ).label.name;
    expect(await named('a,Target,b')).to.equal('Target');
    expect(await named('a,b,c')).to.equal('c');
    expect(await named('a,b,y', 'b')).to.equal('b');
    const failure = await failureOf(named('a,b,c', 'd'));
    expect([failure.code, failure.message.includes('no column d')]).to.deep.equal([
      'data/missing-column',
      true,
    ]);
    expect((await failureOf(profileOf('', null, [], 'none.jsonl'))).code).to.equal('data/missing-column');
  });

  it('leaves columns out as it is told to', async () => {
    const { columns, label } = await profileOf(plain, null, ['age', 'y']);
    expect([columns.map(({ name }) => name), label.name]).to.deep.equal([[], 'sex']);
  });

  it('warns of nothing but public bounds where all is well', async () => {
    expect(await kinds(plain)).to.deep.equal([['public-bounds', null, false]]);
    expect(await kinds(csv('x,y', 100, (i) => `${i % 2 ? 'a' : 'b'},${i % 3 ? 'c' : 'd'}`))).to.deep.equal(
      [],
    );
  });

  it('warns of identifiers, by name or by values', async () => {
    const first = async (name: string, value: (i: number) => string | number, count = 60) =>
      (await kinds(csv(`${name},y`, count, (i) => `${value(i)},${i % 2}`)))[0];
    for (const name of ['id', 'patientId', 'PATIENT_ID', 'E-mail', 'user name', 'zip']) {
      expect(await first(name, (i) => i % 7), name).to.deep.equal(['identifier', name, true]);
    }
    const values: ((i: number) => string | number)[] = [
      (i) => 1_000 + i * 3,
      (i) => `a${i}@b.example`,
      (i) => `0f8fad5b-d9cb-469f-a165-70867728950${i % 9}`,
      (i) => `Q${i}`,
    ];
    for (const value of values)
      expect(await first('x', value), String(value)).to.deep.equal(['identifier', 'x', true]);
    expect(await first('x', (i) => i * 3, 2_000), 'beyond the exact count').to.deep.equal([
      'identifier',
      'x',
      true,
    ]);
    for (const [name, value, count] of [
      ['acid', (i: number) => i / 8, 60],
      ['valid', (i: number) => i % 50, 60],
      ['x', (i: number) => i, 19],
      ['x', (i: number) => `a free text ${i}`, 60],
      ['x', (i: number) => `${'long'.repeat(11)}${i}`, 60],
      ['x', (i: number) => `Q${i % 40}`, 60],
    ] as const) {
      expect((await first(name, value, count))?.[0], `${name} ${String(value)}`).not.to.equal('identifier');
    }
    const base = (await profileOf(plain)).columns[0]!;
    expect(identifierReason({ ...base, present: 0, distinct: 0 })).to.equal(null);
  });

  it('warns of a column that says what the label says', async () => {
    const leaks = async (
      value: (i: number) => string,
      label: (i: number) => string | number = (i) => i % 2,
    ) =>
      (await kinds(csv('x,y', 1_500, (i) => `${value(i)},${label(i)}`))).some(
        ([warning]) => warning === 'label-leak',
      );
    expect(await leaks((i) => String(i % 2))).to.equal(true);
    expect(await leaks((i) => (i % 2 ? 'M' : 'B'))).to.equal(true);
    expect(await leaks((i) => (i === 0 ? '' : i % 2 ? 'M' : 'B'))).to.equal(true);
    expect(await leaks((i) => (i === 1_400 ? 'M' : i % 2 ? 'M' : 'B'))).to.equal(false);
    expect(await leaks((i) => String(i % 4))).to.equal(false);
    expect(await leaks(() => 'same')).to.equal(false);
    const target = (i: number) => i / 7;
    expect(await leaks((i) => String(target(i)), target)).to.equal(true);
    expect(await leaks((i) => String(i === 1_450 ? 0.25 : target(i)), target)).to.equal(false);
    expect(await leaks((i) => String(i), target), 'renamed beyond the bound').to.equal(false);
  });

  it('warns of constant, lacking, mixed, empty and nested columns', async () => {
    const lines = Array.from({ length: 100 }, (_, i) =>
      JSON.stringify({
        same: 5,
        lacking: i < 60 ? i / 3 : null,
        mixed: i === 7 ? 'n/k' : i / 3,
        empty: '',
        nested: i === 3 ? [1] : i / 3,
        y: i % 2,
      }),
    ).join('\n');
    const warnings = await warned(lines, null, [], 'rows.jsonl');
    expect(warnings.slice(0, -1).map(({ warning, column }) => [warning, column])).to.deep.equal([
      ['constant', 'same'],
      ['missing', 'lacking'],
      ['mixed', 'mixed'],
      ['unusable', 'empty'],
      ['unusable', 'nested'],
    ]);
    expect(warnings[1]?.detail).to.contain('40 %');
    expect(warnings[2]?.detail).to.contain('1 values').and.to.contain('line 8');
    expect(warnings.every(({ blocking }) => !blocking)).to.equal(true);
    expect((await schemaOf(lines, null, [], 'rows.jsonl')).columns.map(({ name }) => name)).to.deep.equal([
      'same',
      'lacking',
      'mixed',
    ]);
  });

  it('warns of few rows, lacking labels, rare classes and rare words', async () => {
    const of = (count: number) => kinds(csv('x,y', count, (i) => `${i % 5},${i % 2}`));
    expect(await of(7)).to.deep.include(['too-few-rows', null, true]);
    expect(await of(8)).to.deep.include(['few-rows', null, false]);
    expect((await of(50)).flat()).not.to.include('few-rows');
    expect(await kinds(csv('x,y', 100, (i) => `${i % 5},${i === 9 ? '' : i % 2}`))).to.deep.include([
      'label-missing',
      'y',
      true,
    ]);
    const shares = (rare: number) => kinds(csv('x,y', 100, (i) => `${i % 5},${i < rare ? 1 : 0}`));
    expect(await shares(4)).to.deep.include.members([
      ['imbalance', 'y', false],
      ['rare-word', 'y', false],
    ]);
    expect((await shares(5)).flat())
      .not.to.include('imbalance')
      .and.not.to.include('rare-word');
    const words = (rare: number) =>
      kinds(csv('x,y', 100, (i) => `${i < rare ? 'c' : i % 3 ? 'a' : 'b'},${i % 2}`));
    expect(await words(4)).to.deep.equal([['rare-word', 'x', false]]);
    expect(await words(5)).to.deep.equal([]);
  });

  it('refuses what no schema could say', async () => {
    expect((await failureOf(profileOf('a,b,a\n1,2,3\n'))).code).to.equal('data/duplicate-column');
    const header = (columns: number) => Array.from({ length: columns }, (_, i) => `c${i}`).join();
    expect((await failureOf(profileOf(`${header(1_002)}\n`))).code).to.equal('data/too-many-columns');
    expect((await profileOf(`${header(1_001)}\n`)).columns).to.have.length(1_000);
    expect((await failureOf(profileOf('', null))).code).to.equal('data/empty');
    expect((await failureOf(schemaOf(csv('y', 20, (i) => String(i % 2))))).code).to.equal('schema/invalid');
  });
});
