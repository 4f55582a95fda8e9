/**
 * What standards ask beyond single vectors (test/vectors/published.json), of both implementations.
 * docs/protocol.md §3.1, §4.2
 */
import { expect } from 'chai';
import { checkPublicKey, clampedSecret } from '#crypto/agreement.ts';
import { fromHex, toBigInt, toHex } from '#crypto/bytes.ts';
import { platform as node } from '#crypto/platform/node.ts';
import { platform as portable } from '#crypto/platform/portable.ts';
import { seededRng } from '#crypto/random.ts';
import { load } from './replay/load.ts';
import { codeOf } from './refusal.ts';

const { lowOrder } = load('published.json') as { lowOrder: { cases: string[] } };
const bytes = (hex: string): Uint8Array => fromHex(`0x${hex}`);

for (const [name, platform] of Object.entries({ node, portable })) {
  describe(`standards, on the ${name} platform`, () => {
    it('RFC 7748 §5.2: X25519 iterated 1 and 1,000 times', () => {
      let scalar = bytes(`09${'00'.repeat(31)}`);
      let point = scalar;
      for (let iteration = 1; iteration <= 1_000; iteration += 1) {
        [scalar, point] = [platform.x25519(scalar).shared(point), scalar];
        if (iteration === 1) {
          expect(toHex(scalar)).to.equal(
            '0x422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079',
          );
        }
      }
      expect(toHex(scalar)).to.equal('0x684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51');
    });

    it('RFC 7748 §5 and §6.1: every spelling of a point of small order gives zero, which is refused', () => {
      const key = platform.x25519(seededRng(Uint8Array.of(1)).bytes(32));
      for (const spelling of lowOrder.cases) {
        const point = bytes(spelling);
        const highBit = point.with(31, point[31]! | 0x80);
        for (const one of [point, highBit]) {
          expect(
            codeOf(() => key.shared(one)),
            toHex(one),
          ).to.equal('key/low-order');
        }
      }
    });

    it('RFC 7748 §5: five bits of a private key do not count, and no other', () => {
      const secret = seededRng(Uint8Array.of(2)).bytes(32);
      const publicKey = toHex(platform.x25519(secret).publicKey());
      const without = Array.from({ length: 256 }, (_, bit) => bit).filter((bit) => {
        const flipped = secret.with(bit >> 3, secret[bit >> 3]! ^ (1 << (bit & 7)));
        return toHex(platform.x25519(flipped).publicKey()) === publicKey;
      });
      expect(without).to.deep.equal([0, 1, 2, 254, 255]);
      for (const bit of without) {
        const flipped = secret.with(bit >> 3, secret[bit >> 3]! ^ (1 << (bit & 7)));
        expect(clampedSecret(flipped)).to.deep.equal(clampedSecret(secret));
      }
    });

    it('SP 800-38D, by test case 15 of McGrew and Viega: no associated data', () => {
      const key = bytes('feffe9928665731c6d6a8f9467308308'.repeat(2));
      const plaintext = bytes(
        'd9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72' +
          '1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b391aafd255',
      );
      const sealed = platform.aesGcmSeal(
        key,
        bytes('cafebabefacedbaddecaf888'),
        plaintext,
        new Uint8Array(0),
      );
      expect(toHex(sealed)).to.equal(
        '0x522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa' +
          '8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662898015ad' +
          'b094dac5d93471bdec1a502270e3cc6c',
      );
    });

    it('SP 800-38A, F.5.5: the keystream from any piece on, block by block', () => {
      const key = bytes('603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4');
      const blocks = ['0bdf7df1591716335e9a8b15c860c502', '5a6e699d536119065433863c8f657b94'];
      const counters = ['f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff', 'f0f1f2f3f4f5f6f7f8f9fafbfcfdff00'];
      for (const [at, counter] of counters.entries()) {
        expect(toHex(platform.aesCtrStream(key, bytes(counter)).next(16))).to.equal(`0x${blocks[at]!}`);
        expect(toHex(platform.aesBlocks(key, bytes(counter)))).to.equal(`0x${blocks[at]!}`);
      }
    });

    it('RFC 5869 §2.3: the longest output is 255 hashes', () => {
      const [key, salt, info] = [bytes('0b'.repeat(22)), bytes('00'), bytes('f0')];
      expect(platform.hkdfSha256(key, salt, info, 255 * 32)).to.have.length(8_160);
      expect(() => platform.hkdfSha256(key, salt, info, 255 * 32 + 1)).to.throw();
    });
  });
}

describe('a private key', () => {
  it('is read as RFC 7748 §5.2 decodes it', () => {
    const scalar = bytes('a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4');
    expect(toBigInt(clampedSecret(scalar).toReversed())).to.equal(
      31029842492115040904895560451863089656472772604678260265531221036453811406496n,
    );
    expect(clampedSecret(clampedSecret(scalar))).to.deep.equal(clampedSecret(scalar));
    expect(toHex(scalar), 'a copy').to.equal(
      '0xa546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4',
    );
  });
});

describe('a public key', () => {
  it('is taken in its one spelling only, and not where it is of small order', () => {
    for (const spelling of lowOrder.cases) {
      const point = bytes(spelling);
      expect(codeOf(() => checkPublicKey(point))).to.match(/^key\/(low-order|not-canonical)$/);
      const highBit = point.with(31, point[31]! | 0x80);
      expect(codeOf(() => checkPublicKey(highBit))).to.equal('key/not-canonical');
    }
  });
});
