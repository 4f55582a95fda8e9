import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { utf8 } from '#crypto/bytes.ts';
import { seededRng } from '#crypto/random.ts';
import { standardisation } from '#datasets/samples/standardisation.ts';
import { wdbcJob, wdbcRecipe } from '#datasets/samples/wdbc-job.ts';
import { loadWdbc, toCsv } from '#datasets/samples/wdbc.ts';
import { Detector, WINDOW, type Secret } from './detector.ts';
import { halfMaskedSecrets, rowSecrets, trainedSecrets, updateSecrets } from './forms.ts';

const DIMENSION = 513;
const WORD_BITS = 18;
const rng = seededRng(utf8('leak detector'));

const words = () => new Uint32Array(rng.bytes(4 * DIMENSION).buffer);
const inRing = () => words().map((word) => word % 2 ** WORD_BITS);
/** Longer than the clip, of less than the largest weight: no two stages of it are the same numbers. */
const update = Float64Array.from(words(), (word) => Math.fround(word / 2 ** 32 - 0.5));
const rows = loadWdbc().slice(20, 28);
const recipe = wdbcRecipe(standardisation(loadWdbc()));
const parameters = { ...wdbcJob.aggregation, dimension: DIMENSION, maxWeight: 128 };

const trained = { update, weight: 64, parameters };

const secrets: Secret[] = [
  ...rowSecrets('owner', toCsv(rows), recipe),
  ...trainedSecrets(
    'owner',
    trained,
    Float32Array.from(update, (_, at) => Math.sin(at + 1)),
  ),
  ...updateSecrets('owner', trained, WORD_BITS),
  ...halfMaskedSecrets('owner', { selfMasked: inRing(), pairMasked: inRing() }, WORD_BITS),
];
const forms = [...new Set(secrets.map(({ form }) => form))];
const kindOf = (form: string) => form.split(',')[0];
const detector = new Detector(secrets);

const base64 = (alphabet: 'base64' | 'base64url', before: number) => (bytes: Uint8Array) =>
  utf8(Buffer.concat([rng.bytes(before), bytes, rng.bytes(7)]).toString(alphabet));
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const written: Record<string, (bytes: Uint8Array) => Uint8Array> = {
  'raw bytes': (bytes) => bytes,
  'lower-case hex': (bytes) => utf8(hex(bytes)),
  'upper-case hex': (bytes) => utf8(hex(bytes).toUpperCase()),
  'hex after another digit': (bytes) => utf8(`a${hex(bytes)}`),
  'base64 at a multiple of 3': base64('base64', 300),
  'base64 one byte later': base64('base64', 301),
  'base64 two bytes later': base64('base64', 302),
  'base64url at a multiple of 3': base64('base64url', 300),
  'base64url one byte later': base64('base64url', 301),
  'base64url two bytes later': base64('base64url', 302),
  'base64 behind letters': (bytes) => utf8(`data/${Buffer.from(bytes).toString('base64')}`),
  gzipped: (bytes) => gzipSync(bytes),
  'hex in gzipped JSON': (bytes) => gzipSync(utf8(JSON.stringify({ shares: [`0x${hex(bytes)}`] }))),
  'base64 in gzipped JSON': (bytes) => gzipSync(utf8(JSON.stringify(Buffer.from(bytes).toString('base64')))),
  'gzipped, after another': (bytes) => Buffer.concat([gzipSync('{}'), utf8('\r\n'), gzipSync(bytes)]),
  'gzipped, cut off at its end': (bytes) => gzipSync(bytes).subarray(0, -8),
  'base64 in lines': (bytes) => utf8(Buffer.from(bytes).toString('base64').replace(/.{76}/g, '$&\r\n')),
};
const encodingOf = (name: string) => {
  const plain = /raw|hex|base64/.exec(name)?.[0] ?? 'raw';
  return name.includes('gzipped') ? `gzip, ${plain}` : plain;
};

/** In the middle of bytes that mean nothing. */
const among = (bytes: Uint8Array) => ({
  channel: 'here',
  bytes: Buffer.concat([rng.bytes(999), utf8('{"a":"'), bytes, utf8('"}'), rng.bytes(999)]),
});

describe('the leak detector', () => {
  it('knows every form of rows, update and half-masked input', () => {
    const kinds = new Set(forms.map(kindOf));
    expect([...kinds]).to.deep.equal([
      ...[
        'row',
        'standardised row',
        'file',
        'trained weights',
        'update',
        'clipped update',
        'weighted update',
      ],
      ...['dequantised update', 'quantised update', 'signed quantised update'],
      ...['self-masked only', 'pair-masked only'],
    ]);
    expect(forms).to.have.length(55);
    for (const form of [
      'self-masked only, packed',
      'quantised update, u16 LE',
      'row, CSV',
      'update, float32 LE',
    ])
      expect(forms).to.include(form);
  });

  it('seeks most of every secret', () => {
    for (const secret of secrets) {
      const possible = (secret.bytes.length - WINDOW) / 8;
      expect(detector.windowsOf(secret), secret.form).to.be.above(0.6 * possible);
    }
  });

  for (const [name, write] of Object.entries(written)) {
    it(`finds each form as ${name}`, () => {
      for (const form of forms) {
        const secret = secrets.find((one) => one.form === form)!;
        const found = detector.search([among(write(secret.bytes))]);
        expect(found, form).to.deep.include({
          ...{ owner: 'owner', form, channel: 'here' },
          encoding: encodingOf(name),
        });
        // Words of either byte order may look alike, one byte on; other numbers never do.
        expect(new Set(found.map((one) => kindOf(one.form))), form).to.have.length(1);
      }
    });
  }

  it('finds each row, and one part of any', () => {
    for (const secret of secrets.filter(({ form }) => form.includes('row'))) {
      const part = secret.bytes.slice(-56, -16);
      expect(
        detector.search([among(part)]).map(({ form }) => form),
        secret.form,
      ).to.deep.equal([secret.form]);
    }
  });

  it('finds a part of 23 bytes of a vector, wherever it begins', () => {
    const secret = secrets.find(({ form }) => form === 'update, float64 LE')!;
    for (let start = 800; start < 816; start++) {
      const found = detector.search([among(secret.bytes.slice(start, start + 23))]);
      expect(found, `from ${start}`).to.have.length(1);
    }
  });

  it('names every owner, form and channel of a leak once', () => {
    const [first, second] = [secrets[0]!, secrets.at(-1)!].map(({ bytes }) => Buffer.concat([bytes, bytes]));
    const recordings = [
      { channel: 'one', bytes: first! },
      { channel: 'two', bytes: utf8(hex(second!)) },
    ];
    expect(detector.search(recordings)).to.deep.equal([
      { owner: 'owner', form: 'row, CSV', channel: 'one', encoding: 'raw' },
      { owner: 'owner', form: 'pair-masked only, packed', channel: 'two', encoding: 'hex' },
    ]);
  });

  it('stays silent at random bytes, as they are and written down, and at zeros', () => {
    const noise = rng.bytes(200_000);
    const recordings = Object.values(written).map((write) => ({ channel: 'noise', bytes: write(noise) }));
    recordings.push({ channel: 'zeros', bytes: new Uint8Array(100_000) });
    expect(detector.search(recordings)).to.deep.equal([]);
  });

  it('does not take the rows of others for the owner’s', () => {
    const others = utf8(toCsv(loadWdbc().slice(28, 60)));
    expect(detector.search([{ channel: 'others', bytes: others }])).to.deep.equal([]);
  });
});
