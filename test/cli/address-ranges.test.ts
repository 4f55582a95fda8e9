/** Whose word about addresses is taken: ranges as they are written. RFC 4632, RFC 4291 */
import { expect } from 'chai';
import { InvalidArgumentError } from 'commander';
import { addressRanges } from '#cli/program/arguments.ts';

describe('a range of addresses', () => {
  it('is added to those before it', () => {
    const written = ['10.0.0.0/8', '192.0.2.7', '203.0.113.4/32', 'fd00::/8', '::1', '0.0.0.0/0'];
    expect(
      written.reduce<readonly string[]>((earlier, text) => addressRanges(text, earlier), []),
    ).to.deep.equal(written);
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
      expect(() => addressRanges(text, []), text).to.throw(InvalidArgumentError);
  });
});
