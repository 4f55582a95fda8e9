/** An owner's schema: what it may say, and how a file's name is read. */
import { expect } from 'chai';
import {
  checkSchema,
  defaultReading,
  readSchema,
  writeSchema,
  type WrittenSchema,
} from '#datasets/schema.ts';
import { codeOf } from '#test/crypto/refusal.ts';
import { removeFolder, temporaryFolder } from '#test/support/ipfs.ts';
import { fileIn, patients } from './rows-file.ts';

const schema = { kind: 'tributary/schema', version: 1, ...patients } as WrittenSchema;
const messageOf = (change: object): string => {
  try {
    checkSchema({ ...schema, ...change });
  } catch (error) {
    return String(error);
  }
  return 'nothing thrown';
};

describe('a schema', () => {
  const folder = temporaryFolder();
  after(() => removeFolder(folder));

  it('is read from JSON and from YAML as it was written', () => {
    expect(readSchema(fileIn(folder, writeSchema(schema), 'schema.json'))).to.deep.equal(schema);
    const yaml = `
kind: tributary/schema
version: 1
reading: { format: csv, delimiter: ",", missingTokens: [""] }
columns:
  - { type: number, name: age, minimum: "0", maximum: null, missing: false }
label: { type: class, name: ill, classes: ["0", "1"] }
`;
    expect(readSchema(fileIn(folder, yaml, 'schema.yaml')).label).to.deep.equal({
      type: 'class',
      name: 'ill',
      classes: ['0', '1'],
    });
    expect(codeOf(() => readSchema(fileIn(folder, yaml.replace('"0", "1"', '0, 1'), 's.yaml')))).to.equal(
      'schema/invalid',
    );
  });

  it('is refused where it can not be read', () => {
    expect(codeOf(() => readSchema(`${folder}/none.json`))).to.equal('schema/unreadable');
    expect(codeOf(() => readSchema(fileIn(folder, '{', 's.json')))).to.equal('schema/unreadable');
    expect(codeOf(() => readSchema(fileIn(folder, '{"kind":1,"kind":2}', 's.json')))).to.equal(
      'schema/unreadable',
    );
    expect(codeOf(() => checkSchema(null))).to.equal('schema/invalid');
  });

  it('names the part that is wrong', () => {
    const column = (change: object) => ({ columns: [{ ...schema.columns[0], ...change }] });
    const category = (vocabulary: string[]) => ({ columns: [{ ...schema.columns[1], vocabulary }] });
    const label = (change: object) => ({ label: { ...schema.label, ...change } });
    const wrong: [object, string][] = [
      [{ kind: 'other' }, 'kind'],
      [{ version: 2 }, 'version'],
      [{ more: 1 }, 'more'],
      [{ reading: { ...schema.reading, format: 'xml' } }, 'reading.format'],
      [{ reading: { ...schema.reading, delimiter: 'ab' } }, 'reading.delimiter'],
      [{ reading: { ...schema.reading, missingTokens: ['f'] } }, '"f" can not be a word'],
      [{ reading: { ...schema.reading, missingTokens: ['yes'] } }, '"yes" can not be a word'],
      [{ columns: [] }, 'columns'],
      [{ columns: [schema.columns[0], schema.columns[0]] }, 'age is named twice'],
      [{ columns: [{ ...schema.columns[0], name: 'ill' }] }, 'ill is named twice'],
      [column({ type: 'date' }), 'columns.0.type'],
      [column({ name: '' }), 'columns.0.name'],
      [column({ name: ' age' }), 'columns.0.name'],
      [column({ name: 'x'.repeat(101) }), 'columns.0.name'],
      [column({ name: 'a\u0007ge' }), 'columns.0.name'],
      [column({ name: 'a\u202ege' }), 'columns.0.name'],
      [column({ name: 'e\u0301' }), 'columns.0.name'],
      [column({ minimum: 5 }), 'columns.0.minimum'],
      [column({ minimum: '5', maximum: '5' }), 'below the maximum'],
      [column({ minimum: '1e999' }), 'finite'],
      [column({ missing: undefined }), 'columns.0.missing'],
      [column({ vocabulary: ['a'] }), 'vocabulary'],
      [category([]), 'columns.0.vocabulary'],
      [category(['a', 'a']), 'columns.0.vocabulary'],
      [category(['a ']), 'columns.0.vocabulary.0'],
      [category(Array.from({ length: 1_001 }, (_, i) => `w${i}`)), 'columns.0.vocabulary'],
      [label({ classes: ['yes'] }), 'label.classes'],
      [label({ classes: ['yes', 'yes'] }), 'label.classes'],
      [{ label: { type: 'number', name: 'y', minimum: '2', maximum: '1' } }, 'below the maximum'],
    ];
    for (const [change, named] of wrong) expect(messageOf(change), named).to.contain(named);
    for (const [change] of wrong)
      expect(codeOf(() => checkSchema({ ...schema, ...change }))).to.equal('schema/invalid');
    expect(messageOf(column({ minimum: '-0.5', maximum: '1e3' }))).to.equal('nothing thrown');
  });

  it("is guessed by a file's name, as far as that goes", () => {
    const told = (name: string) => [defaultReading(name).format, defaultReading(name).delimiter];
    expect(told('a.csv')).to.deep.equal(['csv', ',']);
    expect(told('a.TSV.gz')).to.deep.equal(['csv', '\t']);
    expect(told('a.ndjson')).to.deep.equal(['jsonl', ',']);
    expect(told('a.jsonl.gz')).to.deep.equal(['jsonl', ',']);
    expect(told('jsonl')).to.deep.equal(['csv', ',']);
  });
});
