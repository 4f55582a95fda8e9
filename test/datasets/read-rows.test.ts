/** Reading rows by a schema: what is taken, and that a refusal names the place and never the value. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { readRows } from '#datasets/read-rows.ts';
import type { Schema } from '#datasets/schema.ts';
import { failureOf } from '#test/ipfs/failure.ts';
import { removeFolder, temporaryFolder } from '#test/support/ipfs.ts';
import { allRows, asJsonLines, fileIn, numbersOnly, patients } from './rows-file.ts';

const secret = '4242';

describe('reading rows', () => {
  const folder = temporaryFolder();
  after(() => removeFolder(folder));
  const load = (text: string | Uint8Array, schema: Schema = patients, name?: string) =>
    allRows(fileIn(folder, text, name), schema);
  const json = (...rows: object[]) =>
    load(rows.map((row) => JSON.stringify(row)).join('\n'), asJsonLines(patients));

  /** Each must be refused with the code, naming file and parts, and without the secret in any form. */
  async function refuses(
    schema: Schema,
    head: string,
    cases: readonly (readonly [string, string, string[]])[],
  ) {
    for (const [text, code, named] of cases) {
      const failure = await failureOf(load(head + text, schema));
      const what = text.slice(0, 40);
      expect(failure.code, what).to.equal(code);
      for (const part of ['rows.csv', ...named]) expect(failure.message, what).to.contain(part);
      expect(inspect(failure, { depth: 9, showHidden: true }), what).not.to.contain(secret);
    }
  }

  describe('of CSV', () => {
    it("gives typed cells in the schema's order, and leaves other columns out", async () => {
      const rows = await load('ill,x,note,sex,age\nyes,?,"a ""b"", c",m,70\nno,1, e\u0301 ,f,-2.5e-1\n');
      expect(rows).to.deep.equal([
        { line: 2, cells: [70, 1, 'a "b", c'], label: 1 },
        { line: 3, cells: [-0.25, 0, '\u00e9'], label: 0 },
      ]);
    });

    it('takes missing tokens for missing values, where the column may lack them', async () => {
      const [row] = await load('age,sex,note,ill\nNA,?, ,yes\n');
      expect(row?.cells).to.deep.equal([null, null, null]);
      const strict = {
        ...patients,
        columns: patients.columns.map((column) => ({ ...column, missing: false })),
      };
      for (const [text, column] of [
        ['NA,m,x,yes', 'age'],
        ['1,,x,yes', 'sex'],
        ['1,m,null,yes', 'note'],
      ]) {
        const failure = await failureOf(load(`age,sex,note,ill\n${text}\n`, strict));
        expect(failure.code).to.equal('data/missing-value');
        expect(failure.message).to.contain(`line 2, column ${column}`);
      }
      const own = { ...patients, reading: { ...patients.reading, missingTokens: ['-'] } };
      expect((await load('age,sex,note,ill\n-,-,NA,yes\n', own))[0]?.cells).to.deep.equal([null, null, 'NA']);
    });

    it('writes the zero one way', async () => {
      const rows = await load('age,dose,ill\n-0,-0.0,0\n', numbersOnly);
      expect(rows[0]?.cells.map((cell) => Object.is(cell, 0))).to.deep.equal([true, true]);
    });

    it('takes line ends of both kinds, a byte-order mark, spaced names and empty lines', async () => {
      const rows = await load('\ufeffage , dose,ill\r\n1,2,0\r\n\r\n3,4,1', numbersOnly);
      expect(rows.map(({ cells, line }) => [line, ...cells])).to.deep.equal([
        [2, 1, 2],
        [4, 3, 4],
      ]);
    });

    it('takes another delimiter', async () => {
      const schema = { ...numbersOnly, reading: { ...numbersOnly.reading, delimiter: ';' as const } };
      expect((await load('age;dose;ill\n1;2;0\n', schema))[0]?.cells).to.deep.equal([1, 2]);
    });

    it('holds numbers to their bounds, which are inside', async () => {
      const bounded = (minimum: string | null, maximum: string | null): Schema => ({
        ...numbersOnly,
        columns: [{ type: 'number', name: 'age', minimum, maximum, missing: false } as Schema['columns'][0]],
        label: { type: 'number', name: 'ill', minimum: '0', maximum: '1' } as Schema['label'],
      });
      const text = (age: string, ill: string) => `age,ill\n${age},${ill}\n`;
      expect(await load(text('0', '1'), bounded('0', '120'))).to.have.length(1);
      expect((await load(text('120', '0.25'), bounded('0', '120')))[0]?.label).to.equal(0.25);
      expect(await load(text('-1e300', '0'), bounded(null, '120'))).to.have.length(1);
      for (const [age, ill, column] of [
        ['-1', '0', 'age'],
        ['120.5', '0', 'age'],
        ['5', '1.5', 'ill'],
        ['5', '-0.5', 'ill'],
      ] as const) {
        const failure = await failureOf(load(text(age, ill), bounded('0', '120')));
        expect(failure.code).to.equal('data/out-of-bounds');
        // The path of a temporary file may hold anything.
        const said = failure.message.replaceAll(/\S*rows\.csv/g, '');
        expect(said).to.contain(`line 2, column ${column}`).and.not.to.contain(age);
      }
    });

    it('reads a file that comes in many pieces, packed or not', async () => {
      const lines = Array.from({ length: 20_000 }, (_, i) => `${i},${i / 8},${i % 2}`);
      const text = `age,dose,ill\n${lines.join('\n')}\n`;
      for (const rows of [
        await load(text, numbersOnly),
        await load(gzipSync(text), numbersOnly, 'rows.csv.gz'),
      ]) {
        expect(rows).to.have.length(20_000);
        expect(rows.at(-1)).to.deep.equal({ line: 20_001, cells: [19_999, 19_999 / 8], label: 1 });
      }
    });

    it('names file, line and column of what it refuses, and never what is written there', async () => {
      await refuses(numbersOnly, 'age,dose,ill\n1,2,0\n', [
        [`3,4,1\n${secret},x${secret},1\n`, 'data/bad-row', ['line 4', 'dose']],
        [`0x${secret},1,1\n`, 'data/bad-row', ['line 3', 'age']],
        [`${secret} ${secret},1,1\n`, 'data/bad-row', ['line 3', 'age']],
        [`1_0,${secret},1\n`, 'data/bad-row', ['line 3', 'age']],
        [`${secret},5\n`, 'data/bad-row', ['line 3', '2 fields instead of 3']],
        [`${secret},5,1,9\n`, 'data/bad-row', ['line 3', '4 fields instead of 3']],
        [`"${secret}"x,5,1\n`, 'data/bad-row', ['line 3', 'CSV_']],
        [`"${secret},5,1\n`, 'data/bad-row', ['line', 'CSV_QUOTE_NOT_CLOSED']],
        [`${'1'.repeat(1024 * 1024 + 10)},${secret},1\n`, 'data/bad-row', ['CSV_MAX_RECORD_SIZE']],
        [`inf,${secret},1\n`, 'data/not-finite', ['line 3', 'age']],
        [`${secret},-Infinity,1\n`, 'data/not-finite', ['line 3', 'dose']],
        [`${secret}e999,1,1\n`, 'data/not-finite', ['line 3', 'age']],
        [`${secret},,1\n`, 'data/missing-value', ['line 3', 'dose']],
        [`1,1,${secret}\n`, 'data/bad-label', ['line 3', 'ill']],
        [`1,1,1.0\n`, 'data/bad-label', ['line 3', 'ill']],
        [`${secret},1,\n`, 'data/bad-label', ['line 3', 'ill', 'missing']],
      ]);
      await refuses(patients, 'age,sex,note,ill\n', [
        [`1,${secret},x,no\n`, 'data/unknown-word', ['line 2', 'sex']],
      ]);
    });

    it('names the column that is missing or there twice', async () => {
      const missing = await failureOf(load('age,ill\n1,0\n', numbersOnly));
      expect(missing.code).to.equal('data/missing-column');
      expect(missing.message).to.contain('dose');
      expect((await failureOf(load('age,dose\n1,0\n', numbersOnly))).code).to.equal('data/missing-column');
      const twice = await failureOf(load('age,dose,ill,dose\n1,2,0,3\n', numbersOnly));
      expect(twice.code).to.equal('data/duplicate-column');
      expect(twice.message).to.contain('dose');
    });

    it('refuses an empty file', async () => {
      expect((await failureOf(load('', numbersOnly))).code).to.equal('data/empty');
    });
  });

  describe('of JSON lines', () => {
    it('gives the same rows as CSV, from text, numbers, truth values and null', async () => {
      const rows = await json(
        { ill: 'yes', x: [1], note: 'a "b", c', sex: 'm', age: 70 },
        { ill: 'no', note: ' e\u0301 ', sex: 'f', age: '-2.5e-1' },
        { ill: 'no', note: null, age: 'NA' },
        { ill: 'no', note: true, age: 1e21 },
      );
      expect(rows.map(({ cells, label }) => [...cells, label])).to.deep.equal([
        [70, 1, 'a "b", c', 1],
        [-0.25, 0, '\u00e9', 0],
        [null, null, null, 0],
        [1e21, null, 'true', 0],
      ]);
    });

    it('counts lines, empty ones too, with any line end and a byte-order mark', async () => {
      const text = '\ufeff{"age":1,"dose":2,"ill":0}\r\n\n{"age":3,"dose":4,"ill":"1"}';
      const rows = await load(text, asJsonLines(numbersOnly));
      expect(rows.map(({ line, label }) => [line, label])).to.deep.equal([
        [1, 0],
        [3, 1],
      ]);
    });

    it('reads what comes in many pieces', async () => {
      const lines = Array.from({ length: 20_000 }, (_, i) => `{"age":${i},"ill":${i % 2},"dose":${i / 8}}`);
      const rows = await load(gzipSync(lines.join('\n')), asJsonLines(numbersOnly), 'rows.jsonl.gz');
      expect(rows).to.have.length(20_000);
      expect(rows.at(-1)).to.deep.equal({ line: 20_000, cells: [19_999, 19_999 / 8], label: 1 });
    });

    it('keeps keys that objects have anyway apart from columns', async () => {
      const schema: Schema = {
        ...asJsonLines(numbersOnly),
        columns: ['__proto__', 'constructor'].map((name) => ({ type: 'text', name, missing: true })),
      };
      const rows = await load('{"__proto__":"a","ill":1}\n{"constructor":"b","ill":0}', schema);
      expect(rows.map(({ cells }) => cells)).to.deep.equal([
        ['a', null],
        [null, 'b'],
      ]);
    });

    it('names file, line and column of what it refuses, and never what is written there', async () => {
      const good = '{"age":1,"dose":2,"ill":0,"s":"\\"{:,"}\n';
      await refuses(asJsonLines(numbersOnly), good, [
        [`{"age":${secret},`, 'data/bad-row', ['line 2', 'not JSON']],
        [`[${secret}]`, 'data/bad-row', ['line 2', 'not an object']],
        ['null', 'data/bad-row', ['line 2', 'not an object']],
        [secret, 'data/bad-row', ['line 2', 'not an object']],
        [`{"age":${secret},"dose":2,"ill":0,"age":1}`, 'data/bad-row', ['line 2', 'twice']],
        [`{"age":${secret},"dose":2,"ill":0,"\\u0061ge":1}`, 'data/bad-row', ['line 2', 'twice']],
        [`{"age":{"a":${secret}},"dose":2,"ill":0}`, 'data/bad-row', ['line 2', 'age']],
        [`{"age":[${secret}],"dose":2,"ill":0}`, 'data/bad-row', ['line 2', 'age']],
        [`{"age":"x${secret}","dose":2,"ill":0}`, 'data/bad-row', ['line 2', 'age', 'not a number']],
        [`{"age":1e999,"dose":${secret},"ill":0}`, 'data/not-finite', ['line 2', 'age']],
        [`{"dose":${secret},"ill":0}`, 'data/missing-value', ['line 2', 'age']],
        [`{"age":1,"dose":2,"ill":"${secret}"}`, 'data/bad-label', ['line 2', 'ill']],
        [`{"age":1,"dose":2}`, 'data/bad-label', ['line 2', 'ill']],
        [`{"age":1,"s":"${'x'.repeat(1024 * 1024)}${secret}"}`, 'data/bad-row', ['line 2', 'longer']],
        [`{"age":1,"s":"${'x'.repeat(3 * 1024 * 1024)}`, 'data/bad-row', ['line 2', 'longer']],
      ]);
      const text = await failureOf(load('{"note":"\\ud800","ill":"no"}', asJsonLines(patients)));
      expect([text.code, text.message.includes('line 1, column note')]).to.deep.equal(['data/bad-row', true]);
      const bytes = Uint8Array.of(
        ...new TextEncoder().encode('{"note":"'),
        0xff,
        ...new TextEncoder().encode('"}'),
      );
      expect((await failureOf(load(bytes, asJsonLines(patients)))).message).to.contain('line 1: not UTF-8');
    });

    it('takes keys of inner objects and text with brackets for what they are', async () => {
      const text = '{"age":1,"x":{"age":2,"y":[{"age":3}]},"dose":2,"z":"a\\\\","q":"}\\"{","ill":0}';
      expect((await load(text, asJsonLines(numbersOnly)))[0]?.cells).to.deep.equal([1, 2]);
    });
  });

  it('refuses too few rows', async () => {
    const file = (n: number) => fileIn(folder, `age,dose,ill\n${'1,2,0\n'.repeat(n)}`);
    const count = async (n: number, least?: number) => {
      const reading = readRows(file(n), numbersOnly, least);
      let rows = 0;
      while (!(await reading.next()).done) rows += 1;
      return rows;
    };
    expect((await failureOf(count(0))).code).to.equal('data/too-few-rows');
    expect((await failureOf(count(7))).code).to.equal('data/too-few-rows');
    expect(await count(8)).to.equal(8);
    expect((await failureOf(count(8, 9))).message)
      .to.contain('8 rows')
      .and.to.contain('9');
    const lines = fileIn(folder, '', 'none.jsonl');
    expect((await failureOf(allRows(lines, asJsonLines(numbersOnly)))).code).to.equal('data/too-few-rows');
  });

  it('says which file it can not read', async () => {
    mkdirSync(join(folder, 'a-folder'));
    writeFileSync(join(folder, 'bad.csv.gz'), 'no gzip');
    writeFileSync(join(folder, 'cut.jsonl.gz'), gzipSync('{"ill":"no"}\n'.repeat(10_000)).subarray(0, 60));
    for (const name of ['no.csv', 'a-folder', 'bad.csv.gz', 'no.jsonl', 'cut.jsonl.gz']) {
      const schema = name.includes('jsonl') ? asJsonLines(patients) : numbersOnly;
      const failure = await failureOf(allRows(join(folder, name), schema));
      expect(failure.code, name).to.equal('data/unreadable');
      expect(failure.message).to.contain(name);
    }
  });
});
