/** Whose word about addresses is taken: ranges as they are written. RFC 4632, RFC 4291 */
import { expect } from 'chai';
import { addressRange } from '#coordinator/operations/address-range.ts';

const isTaken = (text: string): boolean => addressRange.safeParse(text).success;

describe('a range of addresses', () => {
  it('is one as it is written', () => {
    for (const text of ['10.0.0.0/8', '192.0.2.7', '203.0.113.4/32', 'fd00::/8', '::1', '0.0.0.0/0'])
      expect(isTaken(text), text).to.equal(true);
  });

  it('is refused where it is none', () => {
    for (const text of [
      '',
      'loopback',
      'proxy.example',
      '10.0.0.0/33',
      '10.0.0/8',
      '::1/129',
      '10.0.0.0/8/8',
      '10.0.0.0/',
      '10.0.0.0/-1',
    ])
      expect(isTaken(text), text).to.equal(false);
  });
});
