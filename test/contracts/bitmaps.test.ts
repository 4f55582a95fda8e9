import { expect } from 'chai';
import fc from 'fast-check';
import { deployContract } from '#contracts/artifact.ts';
import { readContract } from '#contracts/typed-contract.ts';
import { toHex } from '#crypto/bytes.ts';
import { seatsOf } from '#protocol/rules/bitmap.ts';
import type { Address, Hex } from '#protocol/units.ts';
import { startTestChain, type TestChain } from '#test/support/chain.ts';
import { patience, runs } from '#test/support/runs.ts';
import { callableBitmaps } from './mocks.ts';
import { at } from './world.ts';

/** Bytes around the ends of the 32-byte words in which bits are counted. */
const lengthOf = fc.constantFrom(0, 1, 2, 30, 31, 32, 33, 34, 62, 63, 64, 65, 125);
const bytesOf = (length: number) => fc.uint8Array({ minLength: length, maxLength: length }).map(toHex);
const bitmapOf = lengthOf.chain(bytesOf);
const setIn = (bitmap: Hex) => new Set(seatsOf(bitmap));

describe('bitmaps on chain', function () {
  this.timeout(patience(20_000));
  let chain: TestChain;
  let library: Address;
  before(async () => {
    chain = await startTestChain({ accounts: 1 });
    const { transactor } = at(chain.accounts, 0);
    library = (await deployContract(transactor, callableBitmaps, [])).created;
  });
  after(() => chain.stop());

  const bitmaps = () => readContract(callableBitmaps, library, chain.provider).read;
  const always = <T>(arbitrary: fc.Arbitrary<T>, check: (value: T) => Promise<void>) =>
    fc.assert(fc.asyncProperty(arbitrary, check), { seed: 7_077, numRuns: runs(60, 500) });

  it('count the set bits of any number of bytes', () =>
    always(bitmapOf, async (bitmap) => {
      expect(await bitmaps().count(bitmap)).to.equal(BigInt(setIn(bitmap).size));
    }));

  it('count words that are full, and full but for one bit', async () => {
    const full = 'ff'.repeat(32);
    for (const [word, ones] of [
      [full, 256n],
      [`fe${full.slice(2)}`, 255n],
      [`${full.slice(2)}fe`, 255n],
    ] as const) {
      expect(await bitmaps().count(`0x${word}`)).to.equal(ones);
      expect(await bitmaps().count(`0x${word}${full}01`)).to.equal(ones + 257n);
      expect(await bitmaps().countBoth(`0x${word}01`, `0x${full}ff`)).to.equal(ones + 1n);
    }
  });

  it('count the bits that two of them share', () =>
    always(
      lengthOf.chain((length) => fc.tuple(bytesOf(length), bytesOf(length))),
      async ([a, b]) => {
        const shared = seatsOf(a).filter((seat) => setIn(b).has(seat));
        expect(await bitmaps().countBoth(a, b)).to.equal(BigInt(shared.length));
      },
    ));

  it('tell each bit', async () => {
    for (const bitmap of ['0x5a81', '0xa57e'] as const) {
      const told = Array.from({ length: 16 }, (_, index) => bitmaps().has(bitmap, BigInt(index)));
      const set = setIn(bitmap);
      expect(await Promise.all(told)).to.deep.equal(told.map((_, index) => set.has(index)));
    }
  });

  it('tell whether a bit is set past their size', async () => {
    for (let size = 9n; size <= 16n; size += 1n) {
      for (const last of [0, 1, 8, 64, 127, 128, 255]) {
        const bitmap = toHex(Uint8Array.of(255, last));
        expect(await bitmaps().exceeds(bitmap, size), `${bitmap} of ${size}`).to.equal(
          seatsOf(bitmap).some((seat) => seat >= size),
        );
      }
    }
  });
});
