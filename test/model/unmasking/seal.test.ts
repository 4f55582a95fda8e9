/** A seal fits the bytes it was made of, however they come, and no others. docs/protocol.md §4.4 */
import { expect } from 'chai';
import { fromHex, toHex, utf8 } from '#crypto/bytes.ts';
import { platform as portable } from '#crypto/platform/portable.ts';
import { seededRng } from '#crypto/random.ts';
import { type Seal, SealCheck, Sealer } from '#model/unmasking/seal.ts';

const bytes = seededRng(utf8('seal')).bytes(1_000);

function sealed(pieces: readonly Uint8Array[]): Seal {
  const sealer = new Sealer();
  for (const piece of pieces) sealer.push(piece);
  return sealer.seal();
}

function holds(seal: Seal, pieces: readonly Uint8Array[]): boolean {
  const check = new SealCheck(seal);
  for (const piece of pieces) check.push(piece);
  return check.holds();
}

const cut = (of: Uint8Array, ...at: number[]): Uint8Array[] =>
  [0, ...at].map((from, i) => of.subarray(from, at[i] ?? of.length));

describe('a seal', () => {
  it('holds for the same bytes in other pieces', () => {
    const seal = sealed(cut(bytes, 13, 500));
    for (const pieces of [[bytes], cut(bytes, 16), cut(bytes, 1, 2, 999), cut(bytes, 0, 500, 500)]) {
      expect(holds(seal, pieces)).to.equal(true);
    }
    expect(holds(sealed([]), [])).to.equal(true);
  });

  it('is the tag that AES-256-GCM gives to them as associated data', () => {
    const { key, tag } = sealed(cut(bytes, 77));
    const found = portable.aesGcmSeal(fromHex(key), new Uint8Array(12), new Uint8Array(0), bytes);
    expect(toHex(found)).to.equal(tag);
  });

  it('holds for no other bytes: any bit, one less, one more, other order', () => {
    const seal = sealed([bytes]);
    for (const at of [0, 1, 511, 998, 999]) {
      const flipped = bytes.slice();
      flipped[at] = (flipped[at] ?? 0) ^ (1 << (at % 8));
      expect(holds(seal, [flipped]), String(at)).to.equal(false);
    }
    expect(holds(seal, [bytes.subarray(0, -1)])).to.equal(false);
    expect(holds(seal, [bytes, Uint8Array.of(0)])).to.equal(false);
    expect(holds(seal, cut(bytes, 500).reverse())).to.equal(false);
    expect(holds(seal, [])).to.equal(false);
  });

  it('has a key of its own, even for the same bytes', () => {
    const [one, other] = [sealed([bytes]), sealed([bytes])];
    expect(one.key).not.to.deep.equal(other.key);
    expect(holds({ key: one.key, tag: other.tag }, [bytes])).to.equal(false);
  });
});
