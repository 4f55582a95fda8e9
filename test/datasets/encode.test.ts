/** Rows as a recipe's numbers, type by type; each refusal with its place and without the value. protocol.md §6.5 */
import { inspect } from 'node:util';
import { expect } from 'chai';
import { commitFile } from '#datasets/commitment.ts';
import { encodeRows } from '#datasets/encode.ts';
import { recipeFlaw } from '#datasets/encoding/fits.ts';
import { tokensOf } from '#datasets/encoding/tokens.ts';
import type { RowSource } from '#datasets/row-source.ts';
import { schemaOfRecipe } from '#datasets/recipe-schema.ts';
import type { Schema } from '#datasets/schema.ts';
import type { Feature, Label } from '#protocol/recipe/features.ts';
import { toBytes32, toDecimal } from '#protocol/units.ts';
import { failureOf } from '#test/ipfs/failure.ts';
import { removeFolder, temporaryFolder } from '#test/support/ipfs.ts';
import { canSeeOpenFiles, scratchFilesIn } from './open-files.ts';
import { fileIn, patients } from './rows-file.ts';

const age = {
  type: 'number',
  name: 'age',
  centre: toDecimal(0.2),
  scale: toDecimal(0.3),
  missing: 'refuse',
} as const;
const sex = {
  type: 'category',
  name: 'sex',
  vocabulary: ['x', 'm', 'f'],
  missing: 'refuse',
  unknown: 'refuse',
} as const;
const note = { type: 'text', name: 'note', vocabulary: ['cough', 'no'], length: 4 } as const;
const ill: Label = { type: 'class', name: 'ill', classes: ['other', 'yes', 'no'] };
const recipeOf = (features: readonly object[], label: object = ill) => ({
  features: features as unknown as Feature[],
  label: label as Label,
});
const all = (rows: RowSource) => rows.read(Uint32Array.from({ length: rows.rows }, (_, i) => i));

describe('encoding', () => {
  const folder = temporaryFolder();
  after(() => removeFolder(folder));
  const encode = async (
    text: string,
    features: readonly object[],
    { label, schema = patients }: { label?: object; schema?: Schema } = {},
  ) =>
    encodeRows(fileIn(folder, `age,sex,note,ill\n${text}\n`), schema, recipeOf(features, label), {
      folder,
      least: 1,
    });
  const numbers = async (...given: Parameters<typeof encode>) => [...all(await encode(...given)).features];

  it("takes the recipe's columns in its order, side by side, one row after another", async () => {
    const rows = await encode('0.2,m,No no,yes\n0.5,f,,no', [note, sex, age]);
    expect(rows).to.include({ rows: 2, width: 8 });
    const { features, labels } = all(rows);
    expect([...features]).to.deep.equal([
      3,
      3,
      0,
      0,
      0,
      1,
      0,
      0,
      0,
      0,
      0,
      0,
      0,
      0,
      1,
      Math.fround(0.3 / 0.3),
    ]);
    expect([...labels]).to.deep.equal([1, 2]);
    rows.close();
  });

  it('standardises numbers in float64 and rounds to float32 once', async () => {
    expect(await numbers('0.1,,,no', [age])).to.deep.equal([Math.fround((0.1 - 0.2) / 0.3)]);
    expect(Math.fround((0.1 - 0.2) / 0.3)).not.to.equal(
      Math.fround(Math.fround(Math.fround(0.1) - Math.fround(0.2)) / Math.fround(0.3)),
    );
  });

  it('puts a missing number at the centre, or refuses it, as the recipe says', async () => {
    expect(await numbers(',,,no\n0.5,,,no', [{ ...age, missing: 'centre' }])).to.deep.equal([0, 1]);
    const { code, message } = await failureOf(encode('1,,,no\n,,,no', [age]));
    expect(code).to.equal('data/missing-value');
    expect(message).to.contain('rows.csv, line 3, column age');
  });

  it('refuses what float32 can not hold, without the value', async () => {
    const tiny = { ...age, scale: toDecimal(1e-38) };
    const failure = await failureOf(encode('0.2,,,no\n4242,,,no', [tiny]));
    expect(failure.code).to.equal('data/not-finite');
    expect(failure.message).to.contain('line 3, column age');
    expect(inspect(failure, { depth: 9 })).not.to.contain('4242');
  });

  it("finds a category's word by its text, in the recipe's vocabulary", async () => {
    expect(await numbers(',f,,no\n,m,,no', [sex])).to.deep.equal([0, 0, 1, 0, 1, 0]);
    const fromText: Schema = { ...patients, columns: [{ type: 'text', name: 'sex', missing: true }] };
    expect(await numbers(',x,,no', [sex], { schema: fromText })).to.deep.equal([1, 0, 0]);
  });

  it('zeroes or refuses a missing and an unknown word, as the recipe says', async () => {
    const lax = { ...sex, vocabulary: ['x', 'm'], missing: 'zeros', unknown: 'zeros' };
    expect(await numbers(',,,no\n,f,,no\n,m,,no', [lax])).to.deep.equal([0, 0, 0, 0, 0, 1]);
    const unknown = await failureOf(encode(',f,,no', [{ ...lax, unknown: 'refuse' }]));
    expect(unknown.code).to.equal('data/unknown-word');
    expect(unknown.message).to.contain('line 2, column sex');
    const missing = await failureOf(encode(',,,no', [{ ...lax, missing: 'refuse' }]));
    expect(missing.code).to.equal('data/missing-value');
    expect(missing.message).to.contain('line 2, column sex');
  });

  it('numbers the words of a text, cuts what is too long and fills up with 0', async () => {
    expect(await numbers(',,Cough: NO fever,no', [note])).to.deep.equal([2, 3, 1, 0]);
    expect(await numbers(',,no no no no cough,no', [note])).to.deep.equal([3, 3, 3, 3]);
    expect(await numbers(',,,no\n,,...,no', [note])).to.deep.equal([0, 0, 0, 0, 0, 0, 0, 0]);
  });

  it('cuts a text at all that is neither letter, mark nor digit, in lower case and NFC', () => {
    expect(tokensOf("It's CO2-free, ÉTÉ_2!")).to.deep.equal(['it', 's', 'co2', 'free', 'été', '2']);
    expect(tokensOf('E\u0301te\u0301 हिन्दी 東京')).to.deep.equal(['\u00e9t\u00e9', 'हिन्दी', '東京']);
    expect(tokensOf(' … ')).to.deep.equal([]);
  });

  it('standardises a number label', async () => {
    const schema: Schema = {
      ...patients,
      label: { type: 'number', name: 'ill', minimum: null, maximum: null },
    };
    const label = { type: 'number', name: 'ill', centre: toDecimal(10), scale: toDecimal(4) };
    const rows = await encode('1,,,12\n1,,,10', [age], { label, schema });
    expect([...all(rows).labels]).to.deep.equal([0.5, 0]);
    const huge = await failureOf(encode('1,,,1e300', [age], { label, schema }));
    expect([huge.code, huge.message.includes('column ill')]).to.deep.equal(['data/not-finite', true]);
  });

  it('says by what a dataset does not fit, before a row is read', async () => {
    const target: Label = { type: 'number', name: 'ill', centre: toDecimal(0), scale: toDecimal(1) };
    const numeric: Schema = {
      ...patients,
      label: { type: 'number', name: 'ill', minimum: null, maximum: null },
    };
    const wrong: [Schema, object[], object, string, string][] = [
      [patients, [{ ...age, name: 'height' }], ill, 'data/missing-column', 'height'],
      [patients, [{ ...age, name: 'ill' }], ill, 'data/missing-column', 'ill'],
      [patients, [age], { ...ill, name: 'age' }, 'data/missing-column', 'age'],
      [patients, [{ ...age, name: 'sex' }], ill, 'data/other-type', 'sex'],
      [patients, [{ ...age, name: 'note' }], ill, 'data/other-type', 'note'],
      [patients, [{ ...sex, name: 'age' }], ill, 'data/other-type', 'age'],
      [patients, [{ ...note, name: 'age' }], ill, 'data/other-type', 'age'],
      [patients, [{ ...note, name: 'sex' }], ill, 'data/other-type', 'sex'],
      [patients, [age], target, 'data/other-type', 'ill'],
      [numeric, [age], ill, 'data/other-type', 'ill'],
      [patients, [age], { ...ill, classes: ['yes', 'other'] }, 'data/other-classes', 'no'],
      [patients, [{ ...age, scale: '0' }], ill, 'data/bad-scale', 'age'],
      [patients, [{ ...age, scale: '-1' }], ill, 'data/bad-scale', 'age'],
      [patients, [{ ...age, scale: '1e999' }], ill, 'data/bad-scale', 'age'],
      [patients, [{ ...age, centre: '1e999' }], ill, 'data/bad-scale', 'age'],
      [numeric, [age], { ...target, scale: '0' }, 'data/bad-scale', 'ill'],
    ];
    for (const [schema, features, label, code, named] of wrong) {
      const flaw = recipeFlaw(schema, recipeOf(features, label));
      expect([flaw?.code, flaw?.detail.includes(named)], `${code} ${named}`).to.deep.equal([code, true]);
      const failure = await failureOf(encodeRows('no-such-file.csv', schema, recipeOf(features, label)));
      expect(failure.code).to.equal(code);
    }
    expect(recipeFlaw(patients, recipeOf([note, sex, age]))).to.equal(null);
    expect(recipeFlaw(numeric, recipeOf([age], target))).to.equal(null);
  });

  it('is refused where the rows are not those committed to, or too few', async () => {
    const file = fileIn(folder, `age,sex,note,ill\n${'1,m,a,no\n'.repeat(8)}`);
    const salt = new Uint8Array(32).fill(3);
    const { root } = await commitFile(file, patients, salt);
    const recipe = recipeOf([age]);
    expect((await encodeRows(file, patients, recipe, { folder, committed: { root, salt } })).rows).to.equal(
      8,
    );
    const other = toBytes32(`0x${'12'.repeat(32)}`);
    const cases = [
      [file, { root: other, salt }],
      [file, { root, salt: new Uint8Array(32) }],
      // A column that the recipe does not take counts too.
      [fileIn(folder, `age,sex,note,ill\n${'1,m,a,no\n'.repeat(7)}1,m,b,no\n`, 'other.csv'), { root, salt }],
    ] as const;
    for (const [path, committed] of cases) {
      expect((await failureOf(encodeRows(path, patients, recipe, { folder, committed }))).code).to.equal(
        'data/other-rows',
      );
    }
    const few = fileIn(folder, `age,sex,note,ill\n${'1,m,a,no\n'.repeat(7)}`, 'few.csv');
    expect((await failureOf(encodeRows(few, patients, recipe, { folder }))).code).to.equal(
      'data/too-few-rows',
    );
  });

  it('gives the same rows from a scratch file, which a failure lets go', async function () {
    const wide = recipeOf([{ ...note, length: 4_096 }, age]);
    const text = (last: string) => `age,sex,note,ill\n${'0.5,m,no cough,no\n'.repeat(150)}${last}\n`;
    const file = fileIn(folder, text('0.2,f,cough,yes'));
    const limits = { folder, memoryLimit: 1 };
    const [inMemory, inFile] = [
      await encodeRows(file, patients, wide, { folder }),
      await encodeRows(file, patients, wide, limits),
    ];
    if (canSeeOpenFiles) expect(scratchFilesIn(folder)).to.have.length(1);
    const [one, other] = [all(inMemory), all(inFile)];
    expect(
      Buffer.compare(new Uint8Array(one.features.buffer), new Uint8Array(other.features.buffer)),
    ).to.equal(0);
    expect(other.labels).to.deep.equal(one.labels);
    expect([other.labels[0], other.labels[150], other.features[150 * 4_097]]).to.deep.equal([2, 1, 2]);
    inFile.close();
    const bad = fileIn(folder, text('0.2,f,cough,perhaps'), 'bad.csv');
    expect((await failureOf(encodeRows(bad, patients, wide, limits))).code).to.equal('data/bad-label');
    if (canSeeOpenFiles) expect(scratchFilesIn(folder)).to.deep.equal([]);
  });

  it('reads rows that no descriptor describes by the recipe alone, whose words are no missing values', async () => {
    const recipe = recipeOf(
      [{ ...age, missing: 'centre' }, { ...sex, vocabulary: ['NA', 'm'], unknown: 'zeros' }, note],
      { ...ill, classes: ['?', 'yes'] },
    );
    const file = fileIn(folder, 'age,sex,note,ill\nnull,NA,null,?\n0.5,w,cough,yes\n');
    const rows = await encodeRows(file, schemaOfRecipe(recipe, file), recipe, { folder, least: 1 });
    const { features, labels } = all(rows);
    expect([...features]).to.deep.equal([0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 2, 0, 0, 0]);
    expect([...labels]).to.deep.equal([0, 1]);
    const target = { type: 'number', name: 'y', centre: toDecimal(0), scale: toDecimal(1) };
    expect(schemaOfRecipe(recipeOf([age], target), 'a.jsonl')).to.deep.include({
      label: { type: 'number', name: 'y', minimum: null, maximum: null },
    });
    expect(schemaOfRecipe(recipe, 'a.jsonl').reading.format).to.equal('jsonl');
  });
});
