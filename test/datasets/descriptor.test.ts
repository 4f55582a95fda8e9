import { expect } from 'chai';
import { TributaryError } from '#crypto/error.ts';
import { describeDataset, parseDescriptor, type Descriptor } from '#datasets/descriptor.ts';
import { makePolicy } from '#datasets/policy.ts';
import { toBytes32, toDecimal } from '#protocol/units.ts';

const rowsRoot = toBytes32(`0x${'5a'.repeat(32)}`);
const peer = (n: number) => `0x${String(n).repeat(40)}`;
const dataset: Descriptor = {
  name: 'Biopsies of one hospital',
  description: 'Measurements of cell nuclei, with the diagnosis.',
  license: 'https://spdx.org/licenses/CC-BY-4.0.html',
  creator: 'Hospital of the North',
  datePublished: '2026-11-24',
  url: null,
  columns: [
    { type: 'number', name: 'radius_mean', minimum: toDecimal(0), maximum: null, missing: false },
    { type: 'category', name: 'texture_mean', vocabulary: ['fine', 'coarse'], missing: true },
    { type: 'text', name: 'note', missing: false },
  ],
  label: { type: 'class', name: 'diagnosis', classes: ['malignant', 'benign'] },
  rowsBucket: 64,
  rowsRoot,
  policy: makePolicy({
    peers: [peer(1), peer(2)],
    minimumCohort: 3,
    minimumPrice: 123_456_789_012_345_678_901n,
    maximumRounds: 10,
    layers: ['Dense'],
    coordinators: 'any',
  }),
};

type Json = Record<string, unknown>;
const bytesOf = (value: unknown) =>
  new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value));
const document = (from: Descriptor = dataset) =>
  JSON.parse(new TextDecoder().decode(describeDataset(from))) as Json & { usageInfo: Json };

function failureOf(run: () => unknown): TributaryError {
  try {
    run();
  } catch (error) {
    if (error instanceof TributaryError) return error;
    throw error;
  }
  throw new Error('expected a TributaryError');
}

/** The document with a value replaced at a path, or taken away. */
function changed(path: string, value: unknown): Json {
  const copy = document();
  const steps = path.split('.');
  const last = steps.pop() ?? '';
  let at: Json = copy;
  for (const step of steps) at = at[step] as Json;
  if (value === undefined) Reflect.deleteProperty(at, last);
  else at[last] = value;
  return copy;
}

describe('a dataset descriptor', () => {
  it('says what was put into it, with and without a page and named coordinators', () => {
    expect(parseDescriptor(describeDataset(dataset))).to.deep.equal(dataset);
    const other: Descriptor = {
      ...dataset,
      url: 'https://hospital.example/biopsies',
      label: { type: 'number', name: 'months', minimum: null, maximum: toDecimal(600) },
      policy: makePolicy({ ...dataset.policy, coordinators: [peer(3)] }),
    };
    expect(parseDescriptor(describeDataset(other))).to.deep.equal(other);
  });

  it('has what Croissant 1.1 requires of every dataset, file, record set and field', () => {
    const written = document();
    expect(written).to.include({
      '@type': 'sc:Dataset',
      conformsTo: 'http://mlcommons.org/croissant/1.1',
      name: dataset.name,
      description: dataset.description,
      license: dataset.license,
      datePublished: '2026-11-24',
      url: `urn:tributary:v1:dataset:${'5a'.repeat(32)}`,
    });
    expect(written['creator']).to.include({ '@type': 'Organization', name: dataset.creator });
    expect(written).to.have.nested.property('distribution[0].@type', 'cr:FileObject');
    expect(written).to.have.nested.property('distribution[0].contentUrl').that.matches(/^urn:/);
    expect(written).to.have.nested.property('distribution[0].encodingFormat', 'text/csv');
    expect(written).to.have.nested.property('recordSet[0].field').with.length(4);
    expect(written).to.have.nested.property('recordSet[0].field[0].dataType').that.deep.equals(['sc:Float']);
    expect(written)
      .to.have.nested.property('recordSet[0].field[3].dataType')
      .that.deep.equals(['sc:Text', 'cr:Label']);
    const prefixes = JSON.stringify(written).match(/"(sc|cr|dct|odrl|tributary):/g) ?? [];
    for (const prefix of prefixes) expect(written['@context']).to.have.property(prefix.slice(1, -1));
  });

  it('states types, bounds and vocabularies where Croissant has no term for them', () => {
    const own = (at: number) => {
      const field = document() as unknown as { recordSet: { field: Record<string, unknown>[] }[] };
      const entries = Object.entries(field.recordSet[0]!.field[at]!);
      return Object.fromEntries(
        entries.filter(([key]) => key.startsWith('tributary:') || key === 'dataType'),
      );
    };
    expect(own(0)).to.deep.equal({
      dataType: ['sc:Float'],
      'tributary:missing': false,
      'tributary:minimum': '0',
    });
    expect(own(1)).to.deep.equal({
      dataType: ['sc:Text'],
      'tributary:missing': true,
      'tributary:vocabulary': ['fine', 'coarse'],
    });
    expect(own(2)).to.deep.equal({ dataType: ['sc:Text'], 'tributary:missing': false });
    expect(own(3)).to.deep.equal({
      dataType: ['sc:Text', 'cr:Label'],
      'tributary:classes': ['malignant', 'benign'],
    });
    expect(document()['tributary:version']).to.equal(2);
  });

  it('states the policy as an ODRL offer of one permission', () => {
    const { usageInfo } = document();
    expect(usageInfo['@type']).to.deep.equal(['CreativeWork', 'odrl:Offer']);
    expect(usageInfo).to.have.nested.property('odrl:profile.@id', 'urn:tributary:v1:odrl');
    const path = 'odrl:permission.odrl:constraint';
    expect(usageInfo)
      .to.have.nested.property(`${path}[1]`)
      .that.deep.equals({
        '@type': 'odrl:Constraint',
        'odrl:leftOperand': { '@id': 'tributary:vouchedCohort' },
        'odrl:operator': { '@id': 'odrl:gteq' },
        'odrl:rightOperand': 3,
      });
    expect(usageInfo).to.have.nested.property(`${path}[2].odrl:rightOperand`, '123456789012345678901');
    expect(usageInfo).to.have.nested.property(path).with.length(5);
  });

  it('holds no hash but the salted root, and no count but the bucket', () => {
    const text = JSON.stringify(document());
    expect(text).not.to.match(/sha256|md5|contentSize/);
    expect(text.match(/[0-9a-f]{64}/g)?.every((hash) => hash === '5a'.repeat(32))).to.equal(true);
  });

  it('is not written with a field out of range, which is named', () => {
    const wrong: [Partial<Record<keyof Descriptor, unknown>>, string][] = [
      [{ name: '' }, 'name'],
      [{ description: 'x'.repeat(5_001) }, 'description'],
      [{ license: 'CC-BY' }, 'license'],
      [{ creator: '' }, 'creator'],
      [{ datePublished: '24.11.2026' }, 'datePublished'],
      [{ datePublished: '2026-02-30' }, 'datePublished'],
      [{ url: 'file:///rows.csv' }, 'url'],
      [{ columns: [] }, 'columns'],
      [
        { columns: [dataset.columns[0], dataset.columns[0]] },
        'columns: the column radius_mean is named twice',
      ],
      [{ columns: [{ ...dataset.columns[0], name: 'diagnosis' }] }, 'columns: the column diagnosis'],
      [{ columns: [{ ...dataset.columns[0], name: 'a\u001b[2J' }] }, 'columns.0.name'],
      [{ columns: [{ ...dataset.columns[1], vocabulary: ['a', 'a'] }] }, 'columns.0.vocabulary'],
      [{ label: { ...dataset.label, name: '' } }, 'label.name'],
      [{ label: { ...dataset.label, classes: ['one'] } }, 'label.classes'],
      [{ rowsBucket: 100 }, 'rowsBucket'],
      [{ rowsBucket: 0 }, 'rowsBucket'],
      [{ rowsRoot: '0x5a' }, 'rowsRoot'],
      [{ rows: 114 } as object, 'rows'],
    ];
    for (const [change, named] of wrong) {
      const { code, message } = failureOf(() => describeDataset({ ...dataset, ...change } as Descriptor));
      expect(code, named).to.equal('descriptor/invalid');
      expect(message, named).to.contain(named);
    }
    const policy = { ...dataset.policy, minimumCohort: 1 };
    expect(failureOf(() => describeDataset({ ...dataset, policy })).code).to.equal('policy/invalid');
  });

  it('is not read when a part is missing, of another kind, or one too many, and the part is named', () => {
    const constraints = 'usageInfo.odrl:permission.odrl:constraint';
    const wrong: [string, unknown][] = [
      ['conformsTo', 'http://mlcommons.org/croissant/1.0'],
      ['@type', 'sc:DataFeed'],
      ['name', undefined],
      ['license', 5],
      ['datePublished', '2026-13-01'],
      ['recordSet', []],
      ['recordSet.0.@type', 'cr:FileSet'],
      ['recordSet.0.field.0.source.fileObject.@id', 'elsewhere.csv'],
      ['recordSet.0.field.0.sha256', 'ab'],
      ['recordSet.0.field.0.dataType', ['sc:Text', 'sc:Float']],
      ['recordSet.0.field.0.tributary:missing', undefined],
      ['recordSet.0.field.0.tributary:minimum', 0],
      ['recordSet.0.field.1.tributary:vocabulary', 'fine'],
      ['recordSet.0.field.1.tributary:minimum', '0'],
      ['recordSet.0.field.3.tributary:classes', undefined],
      ['recordSet.0.field.3.dataType', ['sc:Text']],
      ['tributary:version', 1],
      ['usageInfo.odrl:profile.@id', 'urn:other'],
      ['usageInfo.odrl:permission.odrl:action.@id', 'odrl:use'],
      [`${constraints}.0.odrl:operator.@id`, 'odrl:isNoneOf'],
      [`${constraints}.3.odrl:leftOperand.@id`, 'tributary:years'],
      [`${constraints}.2.odrl:rightOperand`, '-5'],
      ['tributary:rowsBucket', 'many'],
      ['sha256', 'ab'],
    ];
    for (const [path, value] of wrong) {
      const { code, message } = failureOf(() => parseDescriptor(bytesOf(changed(path, value))));
      expect(code, path).to.equal('descriptor/invalid');
      const field = /^recordSet\.0\.field\.\d/.exec(path)?.[0];
      const named = path.startsWith(constraints) ? constraints : (field ?? path.replace(/\.?sha256$/, ''));
      expect(message, path).to.contain(named);
    }
    expect(failureOf(() => parseDescriptor(bytesOf(changed('tributary:rowsBucket', 65)))).message).to.contain(
      'rowsBucket',
    );
    const fields = document() as unknown as { recordSet: { field: unknown[] }[] };
    for (const order of [
      [0, 1, 2],
      [0, 3, 1],
      [3, 0, 3],
    ]) {
      const field = order.map((at) => fields.recordSet[0]!.field[at]);
      const { code, message } = failureOf(() =>
        parseDescriptor(bytesOf(changed('recordSet.0.field', field))),
      );
      expect([code, message.includes('one label')], order.join()).to.deep.equal(['descriptor/invalid', true]);
    }
    expect(
      failureOf(() => parseDescriptor(bytesOf(changed('recordSet.0.field.0.name', 'a\u0007')))).message,
    ).to.contain('columns.0.name');
    const cohort = changed(`${constraints}.1.odrl:rightOperand`, 9);
    expect(failureOf(() => parseDescriptor(bytesOf(cohort))).code).to.equal('policy/invalid');
  });

  it('is not read when it could say one thing to a person and another to a program', () => {
    const text = JSON.stringify(document());
    const [first, second] = ['"diagnosis"', '"texture_mean"'];
    const wrong = [
      text.replace('"license"', '"name":"Another","license"'),
      text.replace('{', '{ '),
      text.replace('http://purl.org/dc/terms/', 'http://evil.example/'),
      text.replace('Stays with its owner.', 'Freely available.'),
      text.replace('"contentUrl":"urn:tributary', '"contentUrl":"urn:another'),
      text.replace(`"column":${second}`, `"column":${first}`),
      text.replace(
        '"tributary:missing":false,"tributary:minimum":"0"',
        '"tributary:minimum":"0","tributary:missing":false',
      ),
      text.replace('["fine","coarse"]', '["fine", "coarse"]'),
      text.replaceAll('urn:tributary:v1:dataset:5a', 'urn:tributary:v1:dataset:5b'),
      text.replace(`"${peer(1)}","${peer(2)}"`, `"${peer(2)}","${peer(1)}"`),
      text.replace('"odrl:assigner":{"@id":"creator"}', '"odrl:assigner":{"@id":"another"}'),
    ];
    for (const [i, changedText] of wrong.entries()) {
      expect(changedText, `${i}`).not.to.equal(text);
      expect(failureOf(() => parseDescriptor(bytesOf(changedText))).code, `${i}`).to.equal(
        'descriptor/not-canonical',
      );
    }
  });

  it('is JSON in UTF-8', () => {
    for (const bytes of [bytesOf('{'), Uint8Array.of(0x22, 0xff, 0x22), new Uint8Array()]) {
      expect(failureOf(() => parseDescriptor(bytes)).code).to.equal('descriptor/not-json');
    }
    expect(failureOf(() => parseDescriptor(bytesOf('null'))).code).to.equal('descriptor/invalid');
  });

  it('has at most 512 KiB, which is seen before it is read', () => {
    expect(failureOf(() => parseDescriptor(new Uint8Array(512 * 1024 + 1))).code).to.equal(
      'descriptor/too-big',
    );
    const columns = Array.from({ length: 1_000 }, (_, i) => ({
      type: 'text' as const,
      name: `column_${i}_${'é'.repeat(80)}`,
      missing: false,
    }));
    const { code, message } = failureOf(() => describeDataset({ ...dataset, columns }));
    expect(code).to.equal('descriptor/too-big');
    expect(message).to.contain('524288');
  });
});
