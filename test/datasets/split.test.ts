/** Splitting a file: by row numbers alone, into two new files, or into none. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { createHash } from 'node:crypto';
import { expect } from 'chai';
import { defaultReading } from '#datasets/schema.ts';
import { heldOutBy, splitFile } from '#datasets/split.ts';
import { codeOf } from '#test/crypto/refusal.ts';
import { failureOf } from '#test/ipfs/failure.ts';
import { removeFolder, temporaryFolder } from '#test/support/ipfs.ts';
import { fileIn } from './rows-file.ts';

describe('a split', () => {
  let folder: string;
  beforeEach(() => (folder = temporaryFolder()));
  afterEach(() => removeFolder(folder));
  const to = (change: object = {}) => ({
    training: join(folder, 'train'),
    test: join(folder, 'test'),
    seed: 'a',
    fraction: 0.25,
    ...change,
  });
  const split = async (text: string | Uint8Array, name = 'rows.csv', change: object = {}) =>
    splitFile(fileIn(folder, text, name), defaultReading(name), to(change));
  const contents = () => [to().training, to().test].map((path) => readFileSync(path, 'utf8'));
  const rows = (count: number) => Array.from({ length: count }, (_, i) => `${i},"a\nb",${i % 2}`);

  it('holds out about the fraction, by seed and number of the row', () => {
    const chosen = (seed: string, fraction: number) => {
      const isHeldOut = heldOutBy(seed, fraction);
      return Array.from({ length: 4_000 }, (_, row) => row).filter(isHeldOut);
    };
    expect(chosen('a', 0.25).length / 4_000).to.be.closeTo(0.25, 0.03);
    expect(chosen('a', 0.25)).to.deep.equal(chosen('a', 0.25));
    expect(chosen('b', 0.25)).not.to.deep.equal(chosen('a', 0.25));
    const more = new Set(chosen('a', 0.5));
    expect(
      chosen('a', 0.25).every((row) => more.has(row)),
      'a larger part has the smaller one',
    ).to.equal(true);
    const prefix = Buffer.from('0000000f7472696275746172792f73706c69740000000161', 'hex');
    const hash = createHash('sha256').update(prefix).update(Buffer.from('0000000000000007', 'hex')).digest();
    const share = hash.readUInt32BE() / 2 ** 32;
    expect([heldOutBy('a', share + 1e-9)(7), heldOutBy('a', share)(7)]).to.deep.equal([true, false]);
    for (const fraction of [0, 1, -1, Number.NaN])
      expect(codeOf(() => heldOutBy('a', fraction))).to.equal('split/fraction');
  });

  it('writes each row of a CSV as it is into one of two files, each with the header, for the owner alone', async () => {
    const text = `x,y,z\n${rows(200).join('\n')}`;
    const counts = await split(text);
    const [training = '', test = ''] = contents();
    expect(counts.training + counts.test).to.equal(200);
    expect(counts.test).to.be.within(30, 70);
    expect([training, test].map((part) => part.startsWith('x,y,z\n'))).to.deep.equal([true, true]);
    const isHeldOut = heldOutBy('a', 0.25);
    const expected = rows(200).filter((_, row) => isHeldOut(row));
    expect(test).to.equal(`x,y,z\n${expected.join('\n')}\n`);
    const rest = rows(200).filter((_, row) => !isHeldOut(row));
    expect(training).to.equal(`x,y,z\n${rest.join('\n')}\n`);
    expect(statSync(to().test).mode & 0o777).to.equal(0o600);
  });

  it('splits JSON lines, packed ones too', async () => {
    const lines = Array.from({ length: 50 }, (_, i) => `{"x": ${i}}`);
    const counts = await split(gzipSync(lines.join('\n')), 'rows.jsonl.gz');
    expect(contents().join('').trimEnd().split('\n').sort()).to.deep.equal(lines.sort());
    expect(contents()[1]?.split('\n').length).to.equal(counts.test + 1);
  });

  it('writes what is larger than its buffer', async () => {
    const text = `x,y\n${Array.from({ length: 3_000 }, (_, i) => `${i},${'y'.repeat(300)}`).join('\n')}\n`;
    await split(text);
    expect(
      contents()
        .map((part) => part.length)
        .reduce((sum, length) => sum + length),
    ).to.equal(text.length + 4);
  });

  it('never writes over a file, and leaves none behind when it fails', async () => {
    const text = `x\n${'1\n'.repeat(50)}`;
    fileIn(folder, 'kept', 'test');
    expect((await failureOf(split(text))).code).to.equal('data/exists');
    expect(readFileSync(to().test, 'utf8')).to.equal('kept');
    expect(existsSync(to().training)).to.equal(false);
    fileIn(folder, 'kept', 'other');
    const other = { training: join(folder, 'other'), test: join(folder, 'new') };
    expect((await failureOf(split(text, 'rows.csv', other))).code).to.equal('data/exists');
    expect(existsSync(other.test)).to.equal(false);
    const nowhere = { test: join(folder, 'none', 'test') };
    expect((await failureOf(split(text, 'rows.csv', nowhere))).code).to.equal('data/unwritable');
    expect(existsSync(to().training)).to.equal(false);
    const both = { training: join(folder, 'a'), test: join(folder, 'b') };
    expect((await failureOf(split('x\n1\n2,3\n', 'rows.csv', both))).code).to.equal('data/bad-row');
    expect([both.training, both.test].map((path) => existsSync(path))).to.deep.equal([false, false]);
  });

  it('refuses a part without rows', async () => {
    for (const text of ['x\n1\n', 'x\n']) {
      expect((await failureOf(split(text))).code).to.equal('split/one-side');
      expect(existsSync(to().training)).to.equal(false);
    }
  });
});
