/** The sources of randomness. */
import { createCipheriv, createHash } from 'node:crypto';

import { expect } from 'chai';

import { concat, toHex, utf8 } from '#crypto/bytes.ts';
import { platform as node } from '#crypto/platform/node.ts';
import { platform as portable } from '#crypto/platform/portable.ts';
import { seededRng, systemRng } from '#crypto/random.ts';

describe('random', () => {
  it('draws from the system as many bytes as asked, new ones each time', () => {
    const rng = systemRng();
    expect(rng.bytes(5).length).to.equal(5);
    expect(toHex(rng.bytes(32))).not.to.equal(toHex(rng.bytes(32)));
  });

  for (const [name, platform] of Object.entries({ node, portable })) {
    it(`draws bytes from the ${name} platform`, () => {
      const draws = [platform.randomBytes(33), platform.randomBytes(33)];
      expect(draws.map((draw) => draw.length)).to.deep.equal([33, 33]);
      expect(new Set(draws.map(toHex)).size).to.equal(2);
      expect(draws[0]?.constructor).to.equal(Uint8Array);
    });
  }

  it('draws from a seed the keystream of its tagged hash', () => {
    const key = createHash('sha256').update('0000000a', 'hex').update('seeded-rng').update('a seed').digest();
    const expected = createCipheriv('aes-256-ctr', key, new Uint8Array(16)).update(new Uint8Array(100));
    const rng = seededRng(utf8('a seed'));
    expect(toHex(concat(rng.bytes(1), rng.bytes(33), rng.bytes(66)))).to.equal(
      `0x${expected.toString('hex')}`,
    );
  });

  it('draws the same from the same seed only', () => {
    const draw = (seed: string): string => toHex(seededRng(utf8(seed)).bytes(32));
    expect(draw('one')).to.equal(draw('one'));
    expect(draw('one')).not.to.equal(draw('two'));
  });
});
