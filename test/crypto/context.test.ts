/** The context. docs/protocol.md §1.2 */
import { expect } from 'chai';

import { toHex } from '#crypto/bytes.ts';
import { type Context, encodeContext } from '#crypto/context.ts';

import { codeOf } from './refusal.ts';

const context: Context = {
  chainId: 1n,
  escrow: new Uint8Array(20).fill(0xee),
  job: 2n,
  round: 3,
  attempt: 4,
};

describe('context', () => {
  it('is written field by field', () => {
    const [text, word] = ['0000000c7472696275746172792f7631', (n: string) => n.padStart(64, '0')];
    const expected = text + word('1') + 'ee'.repeat(20) + word('2') + '00000003' + '00000004';
    expect(toHex(encodeContext(context))).to.equal(`0x${expected}`);
  });

  it('differs with every field', () => {
    const others: Context[] = [
      { ...context, chainId: 2n },
      { ...context, escrow: new Uint8Array(20) },
      { ...context, job: 3n },
      { ...context, round: 4 },
      { ...context, attempt: 5 },
    ];
    const encodings = [context, ...others].map((of) => toHex(encodeContext(of)));
    expect(new Set(encodings).size).to.equal(6);
  });

  const refusals: [string, Partial<Context>, string][] = [
    ['an address of 19 bytes', { escrow: new Uint8Array(19) }, 'context/escrow'],
    ['an address of 32 bytes', { escrow: new Uint8Array(32) }, 'context/escrow'],
    ['round 0', { round: 0 }, 'context/counter'],
    ['attempt 0', { attempt: 0 }, 'context/counter'],
    ['a round past u32', { round: 2 ** 32 }, 'bytes/out-of-range'],
    ['half an attempt', { attempt: 1.5 }, 'bytes/out-of-range'],
    ['a negative job', { job: -1n }, 'bytes/out-of-range'],
    ['a chain past u256', { chainId: 2n ** 256n }, 'bytes/out-of-range'],
  ];
  for (const [what, field, code] of refusals) {
    it(`refuses ${what}`, () => expect(codeOf(() => encodeContext({ ...context, ...field }))).to.equal(code));
  }
});
