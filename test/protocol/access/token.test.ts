/** Tokens: the HMAC chain against a second implementation, and what a holder can and can't make of one. */
import { createHmac } from 'node:crypto';
import { expect } from 'chai';
import fc from 'fast-check';
import { encodeCaveat, type Caveat } from '#protocol/access/caveats.ts';
import { attenuate, chain, formatToken, idText, MOST_CAVEATS, parseToken } from '#protocol/access/token.ts';

const root = Uint8Array.from({ length: 32 }, (_, at) => at + 1);
const id = Uint8Array.from({ length: 16 }, (_, at) => 0xa0 + at);
const job: Caveat = { kind: 'job', job: 7 };
const rounds: Caveat = { kind: 'rounds', first: 2, last: 5 };
const key = (...caveats: readonly Caveat[]) => formatToken(chain(root, 'key', id, caveats.map(encodeCaveat)));

/** The chain by Node's own HMAC, from the definition. */
function tagOf(kind: string, caveats: readonly string[]): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(kind.length);
  const first = createHmac('sha256', root).update(length).update(kind).update(id).digest();
  return caveats.reduce((tag, caveat) => createHmac('sha256', tag).update(caveat).digest(), first);
}

describe('a token', () => {
  it('is a chain of HMACs over its kind, its id and its caveats', () => {
    for (const kind of ['key', 'access'] as const)
      for (const caveats of [[], ['job 7'], ['job 7', 'rounds 2-5', '']])
        expect(Buffer.from(chain(root, kind, id, caveats).tag)).to.deep.equal(tagOf(kind, caveats));
  });

  it('says at its beginning what it is', () => {
    expect(key()).to.match(/^tribk_[\w-]+$/);
    expect(formatToken(chain(root, 'access', id, []))).to.match(/^triba_[\w-]+$/);
  });

  it('comes back from its text', () => {
    const token = chain(root, 'access', id, ['job 7', '', 'é']);
    expect(parseToken(formatToken(token))).to.deep.equal(token);
    expect(idText(id)).to.equal('a0a1a2a3a4a5a6a7a8a9aaabacadaeaf');
  });

  it('is narrowed by its holder to what its root gives with one caveat more', () => {
    expect(attenuate(key(job), rounds)).to.equal(key(job, rounds));
    expect(attenuate(attenuate(key(), job), rounds)).to.equal(attenuate(key(), job, rounds));
    expect(attenuate(key(job))).to.equal(key(job));
  });

  it('can not be widened: a caveat that is left out, altered or moved leaves a tag that is none', () => {
    const narrowed = parseToken(key(job, rounds));
    if (!narrowed) throw new Error('no token');
    const texts = ['job 7', 'rounds 2-5'];
    for (const other of [
      [],
      ['job 7'],
      ['rounds 2-5', 'job 7'],
      ['job 8', 'rounds 2-5'],
      ['job 7rounds 2-5'],
    ])
      expect(chain(root, 'key', id, other).tag, String(other)).not.to.deep.equal(narrowed.tag);
    expect(chain(root, 'access', id, texts).tag).not.to.deep.equal(narrowed.tag);
    expect(chain(root, 'key', Uint8Array.from(id).fill(1, 0, 1), texts).tag).not.to.deep.equal(narrowed.tag);
  });

  it('is none where its text was cut, lengthened or altered in form', () => {
    const text = key(job, rounds);
    for (const bad of [
      '',
      'tribk_',
      'tribk_AAAA',
      'Tribk_' + text.slice(6),
      text.slice(6),
      ` ${text}`,
      `${text}=`,
    ])
      expect(parseToken(bad), bad).to.equal(null);
    const tail = text.slice(0, -1);
    expect(parseToken(tail) === null || formatToken(parseToken(tail)!) === tail).to.equal(true);
    const version = Buffer.from(text.slice(6), 'base64url').fill(2, 0, 1).toString('base64url');
    expect(parseToken(`tribk_${version}`)).to.equal(null);
    const long = Buffer.from(text.slice(6), 'base64url').fill(0xff, 17, 21).toString('base64url');
    expect(parseToken(`tribk_${long}`)).to.equal(null);
  });

  it('has one spelling, and reading anything breaks nothing', () =>
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const text = `tribk_${Buffer.from(bytes).toString('base64url')}`;
        const token = parseToken(text);
        // UTF-8 that is none is read as something else; its tag then never fits.
        const known = token?.caveats.every((caveat) => !caveat.includes('\ufffd'));
        if (token && known) expect(formatToken(token)).to.equal(text);
      }),
    ));

  it('is no longer than a header bears', () => {
    const many = Array.from({ length: MOST_CAVEATS }, () => job);
    const full = attenuate(key(), ...many);
    expect(parseToken(full)?.caveats).to.have.length(MOST_CAVEATS);
    const longest: Caveat = {
      kind: 'dataset',
      datasets: Array.from({ length: 64 }, (_, at) => 2 ** 52 + at),
    };
    for (const make of [
      () => attenuate(full, job),
      () => attenuate(key(), ...Array.from({ length: 5 }, () => longest)),
    ])
      expect(make).to.throw().with.property('code', 'auth/too-long');
  });

  it('is asked for where none is', () => {
    expect(() => attenuate('secret', job))
      .to.throw()
      .with.property('code', 'auth/invalid');
    expect(() => attenuate('secret', job)).not.to.throw('secret');
  });
});
