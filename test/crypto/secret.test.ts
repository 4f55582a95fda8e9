/** Secrets don't leak by the ways in which values usually do. */
import { inspect } from 'node:util';

import { expect } from 'chai';

import { Secret } from '#crypto/secret.ts';

import { codeOf } from './refusal.ts';

describe('secret', () => {
  const bytes = new Uint8Array(32).fill(0xa7);

  it('reveals a copy of what it was given', () => {
    const given = bytes.slice();
    const secret = new Secret(given);
    given.fill(0);
    expect(secret.reveal()).to.deep.equal(bytes);
  });

  it('does not show its bytes in text, JSON, a console, its keys or a clone', () => {
    const secret = new Secret(bytes);
    const shown = [
      String(secret),
      ['the secret is', secret].join(' '),
      JSON.stringify({ secret }),
      inspect({ deep: { secret } }),
      inspect(secret, { showHidden: true }),
      inspect(Object.entries(secret)),
      inspect(structuredClone(secret)),
    ];
    for (const text of shown) expect(text).not.to.match(/a7|167/i);
    expect(JSON.stringify({ secret })).to.equal('{"secret":"[secret]"}');
    expect(inspect(secret)).to.equal('[secret]');
    expect(String(secret)).to.equal('[secret]');
  });

  it('is zero in memory and refuses to be revealed once it is erased', () => {
    const secret = new Secret(bytes);
    const revealed = secret.reveal();
    secret.erase();
    secret.erase();
    expect([...revealed]).to.deep.equal(Array<number>(32).fill(0));
    expect(codeOf(() => secret.reveal())).to.equal('secret/erased');
  });

  for (const length of [0, 31, 33]) {
    it(`refuses ${length} bytes`, () => {
      expect(codeOf(() => new Secret(new Uint8Array(length)))).to.equal('secret/length');
    });
  }
});
