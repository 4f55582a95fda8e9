/** Our messages' digests are what ethers' encoder makes of them, whatever they say; what no contract could read has none. */
import { expect } from 'chai';
import fc from 'fast-check';
import { TypedDataEncoder } from 'ethers';
import { toHex } from '#crypto/bytes.ts';
import { typedData, typedDomain, type PrimaryType } from '#protocol/typed-data.ts';
import { typedDigest } from '#protocol/typed-digest.ts';
import { digestOfText, domain, operatorAddress } from '#test/support/cohort.ts';

const hex = (minLength: number, maxLength = minLength) =>
  fc.uint8Array({ minLength, maxLength }).map((bytes) => toHex(bytes));
const whole = (bits: bigint) => fc.bigInt({ min: 0n, max: 2n ** bits - 1n });

const values: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  uint256: fc.oneof(whole(256n), whole(256n).map(String)),
  uint64: whole(64n),
  uint32: fc.oneof(fc.nat(), fc.constant(2 ** 32 - 1)),
  address: hex(20),
  bytes32: hex(32),
  bytes: hex(0, 300),
  string: fc.string({ unit: 'grapheme', maxLength: 300 }),
};

const messageOf = (type: PrimaryType) =>
  fc.record(Object.fromEntries(typedData[type].map((field) => [field.name, values[field.type]!])));

describe('digests of typed messages', () => {
  for (const type of Object.keys(typedData) as PrimaryType[]) {
    it(`are what ethers makes of them: ${type}`, () => {
      const escrow = hex(20).map((address) => address as typeof domain.escrow);
      const at = fc.record({ chainId: fc.nat(), escrow });
      fc.assert(
        fc.property(at, messageOf(type), (where, message) => {
          const expected = TypedDataEncoder.hash(
            typedDomain(where),
            { [type]: [...typedData[type]] },
            message,
          );
          expect(typedDigest(where, type, message)).to.equal(expected);
        }),
        { numRuns: 40, seed: 1 },
      );
    });
  }

  it('are of every field, and of nothing that is no value of its type', () => {
    const enrolment = {
      ...{ job: 7, round: 1, attempt: 1, seat: 2, operator: operatorAddress(2), deadline: 9, backend: 'cpu' },
      ...{ channelKey: digestOfText('channel'), maskKey: digestOfText('mask'), model: digestOfText('model') },
      ...{ recipe: digestOfText('r'), terms: digestOfText('t'), parameters: digestOfText('p') },
    };
    const wrong: Readonly<Record<string, readonly unknown[]>> = {
      job: [-1, 0.5, Number.NaN, 2 ** 53, '', ' 7', '07', '0x7', '-1', null, undefined, 2n ** 256n, true],
      seat: [2 ** 32, -1],
      deadline: [2n ** 64n],
      operator: ['0x', operatorAddress(2).slice(0, -2), digestOfText('x'), null, 7],
      model: ['0x00', operatorAddress(2), undefined],
      backend: ['\ud800', 'a\udc00', 7, null],
    };
    expect(typedDigest(domain, 'Enrolment', { ...enrolment, job: '7', beside: 1 })).to.equal(
      typedDigest(domain, 'Enrolment', {
        ...enrolment,
        operator: enrolment.operator.toUpperCase().replace('0X', '0x'),
      }),
    );
    for (const [field, list] of Object.entries(wrong)) {
      for (const value of list)
        expect(
          () => typedDigest(domain, 'Enrolment', { ...enrolment, [field]: value }),
          `${field} ${String(value)}`,
        ).to.throw();
    }
    const received = { ...enrolment, member: 1, roster: digestOfText('r'), sharers: digestOfText('s') };
    for (const unopened of ['0x0', 'ab', '', undefined])
      expect(() => typedDigest(domain, 'Received', { ...received, unopened })).to.throw();
  });
});
