/** Byte strings and fixed-width integers. docs/protocol.md §1.1 */
import { expect } from 'chai';
import fc from 'fast-check';

import {
  bigEndian,
  concat,
  equalBytes,
  fromHex,
  lp,
  toBigInt,
  toHex,
  u256,
  u32,
  u64,
  u8,
  utf8,
} from '#crypto/bytes.ts';

import { codeOf } from './refusal.ts';

describe('bytes', () => {
  it('writes integers big-endian at their width', () => {
    expect([...u8(0xab)]).to.deep.equal([0xab]);
    expect([...u32(0x01020304)]).to.deep.equal([1, 2, 3, 4]);
    expect([...u64(0x0102030405060708n)]).to.deep.equal([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(toHex(u256(2n ** 255n + 5n))).to.equal(
      '0x80000000000000000000000000000000000000000000000000000000000000' + '05',
    );
    expect([...bigEndian(258, 3)]).to.deep.equal([0, 1, 2]);
  });

  it('takes the largest integer of each width and refuses the next', () => {
    expect([...u8(255)]).to.deep.equal([255]);
    expect([...u32(2 ** 32 - 1)]).to.deep.equal([255, 255, 255, 255]);
    expect(toBigInt(u64(2n ** 64n - 1n))).to.equal(2n ** 64n - 1n);
    expect(toBigInt(u256(2n ** 256n - 1n))).to.equal(2n ** 256n - 1n);
    const tooLarge = [() => u8(256), () => u32(2 ** 32), () => u64(2n ** 64n), () => u256(2n ** 256n)];
    expect(tooLarge.map(codeOf)).to.deep.equal(tooLarge.map(() => 'bytes/out-of-range'));
  });

  for (const n of [-1, 1.5, NaN, Infinity, 2 ** 53]) {
    it(`refuses ${n} as an integer`, () => {
      expect(codeOf(() => bigEndian(n, 8))).to.equal('bytes/out-of-range');
    });
  }

  it('refuses a negative bigint', () => {
    expect(codeOf(() => u256(-1n))).to.equal('bytes/out-of-range');
  });

  it('reads an integer back', () => {
    fc.assert(fc.property(fc.bigInt(0n, 2n ** 256n - 1n), (n) => toBigInt(u256(n)) === n));
    expect(toBigInt(new Uint8Array(0))).to.equal(0n);
  });

  it('prefixes a length', () => {
    expect([...lp(utf8('aé'))]).to.deep.equal([0, 0, 0, 3, 0x61, 0xc3, 0xa9]);
  });

  it('joins parts in order and into new memory', () => {
    const part = Uint8Array.of(1, 2);
    const joined = concat(part, new Uint8Array(0), Uint8Array.of(3));
    part[0] = 9;
    expect([...joined]).to.deep.equal([1, 2, 3]);
  });

  it('compares every byte and the length', () => {
    expect(equalBytes(Uint8Array.of(1, 2, 3), Uint8Array.of(1, 2, 3))).to.equal(true);
    for (const other of [
      [0, 2, 3],
      [1, 0, 3],
      [1, 2, 0],
      [1, 2],
      [1, 2, 3, 0],
    ]) {
      expect(equalBytes(Uint8Array.of(1, 2, 3), Uint8Array.from(other))).to.equal(false);
    }
  });

  it('reads hexadecimal of either case and writes lower case', () => {
    expect([...fromHex('0x00aBFf')]).to.deep.equal([0, 0xab, 0xff]);
    expect(toHex(Uint8Array.of(0, 0xab, 0xff))).to.equal('0x00abff');
    expect([...fromHex('0x')]).to.deep.equal([]);
  });

  it('writes any number of bytes', () => {
    for (let length = 0; length <= 1030; length++) {
      const bytes = Uint8Array.from({ length }, (_, i) => i * 7 + length);
      expect(toHex(bytes)).to.equal(`0x${Buffer.from(bytes).toString('hex')}`);
    }
  });

  for (const text of ['', 'ab', '0xa', '0xzz', '0xab\n', ' 0xab', '0Xab', '0xab0']) {
    it(`refuses ${JSON.stringify(text)} as hexadecimal`, () => {
      expect(codeOf(() => fromHex(text))).to.equal('bytes/hex');
    });
  }
});
