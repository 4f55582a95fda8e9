/** JSON in a header: any value, in one spelling. */
import { expect } from 'chai';
import fc from 'fast-check';
import { z } from 'zod';
import { encodeToken, tokenOf } from '#protocol/http/token.ts';

const schema = tokenOf(z.unknown());

describe('JSON in a header', () => {
  it('comes out as it went in', () => {
    const value = fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue());
    fc.assert(
      fc.property(value, (one) => {
        const same: unknown = JSON.parse(JSON.stringify(one));
        expect(schema.parse(encodeToken(one))).to.deep.equal(same);
      }),
    );
  });

  it('is refused in any other spelling, and where it is no JSON', () => {
    // `{}` is "e30": the last two bits of its last digit are of no byte.
    expect(schema.parse('e30')).to.deep.equal({});
    for (const token of ['e31', 'e32', 'e30=', 'e3', 'e', '', 'e30 ', 'bm9uZQ', 'e+A/'])
      expect(schema.safeParse(token).success, token).to.equal(false);
  });
});
