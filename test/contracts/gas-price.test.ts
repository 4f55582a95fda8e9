import { expect } from 'chai';
import fc from 'fast-check';
import { capped, raised, type GasPrice } from '#contracts/gas-price.ts';

const price = (maxFeePerGas: bigint, maxPriorityFeePerGas: bigint): GasPrice => ({
  maxFeePerGas,
  maxPriorityFeePerGas,
});
const prices = fc
  .tuple(fc.bigInt(0n, 10n ** 13n), fc.bigInt(0n, 10n ** 13n))
  .map(([a, b]) => (a > b ? price(a, b) : price(b, a)));

describe('the price of a replacement', () => {
  it('is an eighth more, rounded up, or what the node proposes if that is more', () => {
    expect(raised(price(800n, 16n), price(1n, 1n), null)).to.deep.equal(price(900n, 18n));
    expect(raised(price(801n, 0n), price(1n, 1n), null)).to.deep.equal(price(902n, 1n));
    expect(raised(price(800n, 16n), price(5_000n, 17n), null)).to.deep.equal(price(5_000n, 18n));
  });

  it('is what the cap leaves, if that is a tenth more in both parts, and else there is none', () => {
    expect(raised(price(800n, 16n), price(5_000n, 17n), 880n)).to.deep.equal(price(880n, 18n));
    expect(raised(price(800n, 16n), price(5_000n, 17n), 879n)).to.equal(null);
    expect(raised(price(17n, 17n), price(1n, 1n), 18n)).to.equal(null);
  });

  it('is taken by nodes, which ask for a tenth more of each, and never above the cap', () =>
    fc.assert(
      fc.property(prices, prices, fc.option(fc.bigInt(1n, 10n ** 13n)), (present, now, cap) => {
        const found = raised(present, now, cap);
        if (!found) return cap !== null;
        const isMore = (part: keyof GasPrice) =>
          found[part] * 10n >= present[part] * 11n && found[part] > present[part];
        expect(isMore('maxFeePerGas') && isMore('maxPriorityFeePerGas')).to.equal(true);
        expect(found.maxPriorityFeePerGas <= found.maxFeePerGas).to.equal(true);
        if (cap !== null) expect(found.maxFeePerGas <= cap).to.equal(true);
        return true;
      }),
    ));

  it('pays nobody more than the whole', () => {
    expect(capped(price(30n, 20n), 12n)).to.deep.equal(price(12n, 12n));
    expect(capped(price(30n, 20n), 25n)).to.deep.equal(price(25n, 20n));
    expect(capped(price(30n, 20n), null)).to.deep.equal(price(30n, 20n));
  });
});
