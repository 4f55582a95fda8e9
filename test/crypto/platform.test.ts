/** Both implementations of the primitives agree with each other, and refuse the same. docs/protocol.md §3.1 */
import { expect } from 'chai';
import fc from 'fast-check';

import { bigEndian, concat, fromHex, toHex } from '#crypto/bytes.ts';
import { TributaryError } from '#crypto/error.ts';
import { platform as node } from '#crypto/platform/node.ts';
import { platform as portable } from '#crypto/platform/portable.ts';

import { codeOf } from './refusal.ts';

const exactly = (length: number): fc.Arbitrary<Uint8Array> =>
  fc.uint8Array({ minLength: length, maxLength: length });
const anyBytes = fc.uint8Array({ maxLength: 200 });

describe('the two platforms', () => {
  it('derive, agree and encrypt alike', () => {
    fc.assert(
      fc.property(exactly(32), exactly(32), exactly(12), anyBytes, anyBytes, (a, b, nonce, text, aad) => {
        expect(node.sha256(text, aad)).to.deep.equal(portable.sha256(text, aad));
        for (const length of [31, 32, 50]) {
          expect(node.hkdfSha256(a, text, aad, length)).to.deep.equal(
            portable.hkdfSha256(a, text, aad, length),
          );
        }
        const publicKey = node.x25519(b).publicKey();
        expect(publicKey).to.deep.equal(portable.x25519(b).publicKey());
        expect(node.x25519(a).shared(publicKey)).to.deep.equal(portable.x25519(a).shared(publicKey));
        const sealed = node.aesGcmSeal(a, nonce, text, aad);
        expect(sealed).to.deep.equal(portable.aesGcmSeal(a, nonce, text, aad));
        expect(node.aesGcmOpen(a, nonce, sealed, aad)).to.deep.equal(text);
        expect(portable.aesGcmOpen(a, nonce, sealed, aad)).to.deep.equal(text);
      }),
      { numRuns: 30, seed: 1 },
    );
  });

  it('recover the same key of any signature, and of none the same nothing', () => {
    const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
    const scalars = [0n, 1n, 2n, 5n, order - 1n, order, order + 1n, 2n ** 256n - 1n];
    const scalar = fc.oneof(
      exactly(32),
      fc.constantFrom(...scalars).map((n) => bigEndian(n, 32)),
    );
    let [keys, nothings] = [0, 0];
    fc.assert(
      fc.property(exactly(32), scalar, scalar, fc.constantFrom(0, 1), (digest, r, s, yParity) => {
        const key = node.recoverSecp256k1(digest, concat(r, s), yParity);
        expect(key).to.deep.equal(portable.recoverSecp256k1(digest, concat(r, s), yParity));
        if (key) keys++;
        else nothings++;
      }),
      { numRuns: 400, seed: 3 },
    );
    expect(Math.min(keys, nothings)).to.be.greaterThan(50);
  });

  it('recover nothing where the key would be the point at infinity', () => {
    // k = 1: R is the generator, whose x is r. With s = digest, Q = (s·R − z·G) / r vanishes.
    const x = fromHex('0x79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798');
    const digest = new Uint8Array(32).fill(1);
    for (const platform of [node, portable]) {
      expect(platform.recoverSecp256k1(digest, concat(x, digest), 0)).to.equal(null);
      expect(platform.recoverSecp256k1(digest, concat(x, digest), 1)).to.have.length(65);
    }
  });

  it('give the same long keystream, in pieces longer and shorter than what is encrypted for it', () => {
    const [key, start] = [new Uint8Array(32).fill(1), new Uint8Array(16)];
    const whole = portable.aesCtrStream(key, start).next(200_000);
    const stream = node.aesCtrStream(key, start);
    const pieces = [65_536, 100_000, 34_464].map((length) => stream.next(length));
    expect(toHex(concat(...pieces))).to.equal(toHex(whole));
  });

  it('give the same keystream from any counter, over its wrap too, in any pieces', () => {
    const pieces = fc.array(fc.nat(70), { maxLength: 6 });
    const counter = fc.oneof(exactly(16), fc.constant(new Uint8Array(16).fill(0xff)));
    fc.assert(
      fc.property(exactly(32), counter, pieces, (key, start, lengths) => {
        const [a, b] = [node.aesCtrStream(key, start), portable.aesCtrStream(key, start)];
        const filled = [node.aesCtrStream(key, start), portable.aesCtrStream(key, start)];
        for (const length of lengths) {
          const [left, right] = [a.next(length), b.next(length)];
          expect(toHex(left)).to.equal(toHex(right));
          for (const piece of [left, right]) expectOwnMemory(piece);
          for (const stream of filled) {
            const target = new Uint8Array(length + 2).fill(0xaa);
            stream.fill(target.subarray(1, length + 1));
            expect(toHex(target)).to.equal(`0xaa${toHex(left).slice(2)}aa`);
          }
        }
      }),
      { numRuns: 50, seed: 2 },
    );
  });
});

for (const [name, platform] of Object.entries({ node, portable })) {
  describe(`the ${name} platform`, () => {
    const [key, nonce] = [new Uint8Array(32).fill(3), new Uint8Array(12).fill(4)];
    const sealed = platform.aesGcmSeal(key, nonce, Uint8Array.of(1, 2, 3), Uint8Array.of(9));

    it('refuses a ciphertext with any byte changed, and any other key, nonce or associated data', () => {
      for (let i = 0; i < sealed.length; i++) {
        const changed = sealed.map((byte, at) => (at === i ? byte ^ 1 : byte));
        expect(codeOf(() => platform.aesGcmOpen(key, nonce, changed, Uint8Array.of(9)))).to.equal(
          'cipher/forged',
        );
      }
      const opens = [
        () => platform.aesGcmOpen(new Uint8Array(32), nonce, sealed, Uint8Array.of(9)),
        () => platform.aesGcmOpen(key, new Uint8Array(12), sealed, Uint8Array.of(9)),
        () => platform.aesGcmOpen(key, nonce, sealed, Uint8Array.of(8)),
        () => platform.aesGcmOpen(key, nonce, sealed.subarray(0, -1), Uint8Array.of(9)),
      ];
      expect(opens.map(codeOf)).to.deep.equal(opens.map(() => 'cipher/forged'));
    });

    for (const length of [0, 1, 15]) {
      it(`refuses a ciphertext of ${length} bytes, which has no room for a tag`, () => {
        expect(codeOf(() => platform.aesGcmOpen(key, nonce, sealed.subarray(0, length), nonce))).to.equal(
          'cipher/forged',
        );
      });
    }

    it('returns plain arrays, each with memory of its own', () => {
      const results = [
        platform.sha256(key),
        platform.x25519(key).publicKey(),
        platform.x25519(key).shared(platform.x25519(nonceKey()).publicKey()),
        sealed,
        platform.aesGcmOpen(key, nonce, sealed, Uint8Array.of(9)),
        platform.aesBlocks(key, new Uint8Array(16)),
        platform.hkdfSha256(key, nonce, nonce, 33),
        platform.randomBytes(7),
      ];
      for (const result of results) expectOwnMemory(result);
    });

    it('names the length of a private key as wrong before any library sees it', () => {
      for (const length of [0, 31, 33]) {
        expect(() => platform.x25519(new Uint8Array(length))).to.throw(RangeError, 'has 32 bytes');
      }
    });

    it('throws at keys, counters and blocks of another length', () => {
      const x = platform.x25519(key);
      const wrong = [
        () => platform.x25519(new Uint8Array(31)),
        () => x.shared(new Uint8Array(31)),
        () => x.shared(new Uint8Array(33)),
        () => platform.aesCtrStream(new Uint8Array(16), new Uint8Array(16)),
        () => platform.aesCtrStream(key, new Uint8Array(15)),
        () => platform.aesBlocks(new Uint8Array(16), new Uint8Array(16)),
        () => platform.aesBlocks(key, new Uint8Array(17)),
        () => platform.aesGcmSeal(new Uint8Array(16), nonce, key, key),
        () => platform.aesGcmOpen(new Uint8Array(16), nonce, sealed, key),
        () => platform.recoverSecp256k1(new Uint8Array(31), new Uint8Array(64), 0),
        () => platform.recoverSecp256k1(key, new Uint8Array(65), 0),
      ];
      for (const call of wrong) expect(call).to.throw(Error).that.is.not.instanceOf(TributaryError);
    });
  });
}

/** Some other private key. */
function nonceKey(): Uint8Array {
  return new Uint8Array(32).fill(77);
}

function expectOwnMemory(bytes: Uint8Array): void {
  expect(bytes.constructor).to.equal(Uint8Array);
  expect([bytes.byteOffset, bytes.buffer.byteLength]).to.deep.equal([0, bytes.length]);
}
