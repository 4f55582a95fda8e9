/**
 * One flipped bit in any field of any signed message, in its signature, or in the bytes that it signs the root of, is
 * another message: nobody signed it. protocol.md §1.3, §4.1
 */
import { expect } from 'chai';
import fc from 'fast-check';
import { fromHex, toHex } from '#crypto/bytes.ts';
import { merkleRoot } from '#crypto/merkle.ts';
import { inputRoot } from '#crypto/packing.ts';
import { wordBits } from '#crypto/parameters.ts';
import { revealShare } from '#crypto/commitments.ts';
import { encodeShare } from '#crypto/shamir.ts';
import type { RevealedShare } from '#protocol/messages.ts';
import { revealedDigest } from '#protocol/rules/revealed.ts';
import { recoverTyped } from '#protocol/signature.ts';
import { typedData, type PrimaryType } from '#protocol/typed-data.ts';
import type { Bytes32 } from '#protocol/units.ts';
import { cohort, digestOfText, domain, operatorAddress, signed } from '#test/support/cohort.ts';
import { runs } from '#test/support/runs.ts';

type Value = string | number | boolean;

/** Unround values of a Solidity type. */
function valueOf(type: string, name: string): Value {
  if (/^uint/.test(type)) return 0x2a51_7e13;
  if (type === 'bytes32') return digestOfText(name);
  if (type === 'address') return operatorAddress(5);
  if (type === 'bytes') return digestOfText(name).slice(0, 22);
  if (type === 'bool') return true;
  if (type === 'string') return `some ${name}`;
  throw new Error(`a flip of ${type} is not tested yet`);
}

const flipBytes = (bytes: Uint8Array, at: number): Uint8Array => {
  const bit = at % (bytes.length * 8);
  return bytes.with(bit >> 3, bytes[bit >> 3]! ^ (1 << (bit & 7)));
};

function flip(value: Value, at: number): Value {
  if (typeof value === 'boolean') return !value;
  if (typeof value === 'number') return (value ^ (1 << (at % 31))) >>> 0;
  if (value.startsWith('0x')) return toHex(flipBytes(fromHex(value), at));
  const place = at % value.length;
  const other = String.fromCharCode(value.charCodeAt(place) ^ (1 << (at % 7)));
  return value.slice(0, place) + other + value.slice(place + 1);
}

const bits = fc.nat({ max: 2 ** 20 });
const often = { seed: 13, numRuns: runs(2, 20) };

for (const type of Object.keys(typedData) as PrimaryType[]) {
  describe(`a bit flipped in ${type}`, () => {
    const fields = typedData[type];
    const message = Object.fromEntries(fields.map(({ type: of, name }) => [name, valueOf(of, name)]));
    const envelope = signed(2, type, message);
    const signer = (changed: typeof envelope) => recoverTyped(domain, type, changed);

    it('changes who signed it, in every field', () => {
      expect(signer(envelope)).to.equal(operatorAddress(2));
      for (const { name } of fields) {
        fc.assert(
          fc.property(bits, (at) => {
            const changed = { ...message, [name]: flip(message[name]!, at) };
            expect(signer({ ...envelope, message: changed }), name).to.not.equal(operatorAddress(2));
          }),
          often,
        );
      }
    });

    it('changes who signed it, in the signature', () =>
      fc.assert(
        fc.property(bits, (at) => {
          const signature = flip(envelope.signature, at) as typeof envelope.signature;
          expect(signer({ ...envelope, signature })).to.not.equal(operatorAddress(2));
        }),
        often,
      ));
  });
}

describe('a bit flipped in what a message signs the root of', () => {
  const members = cohort({ n: 4 });
  const of = members.shares[1]!.message.member;
  const dealt = members.dealt.get(of)!;

  it('gives another ciphertext root', () =>
    fc.assert(
      fc.property(fc.nat({ max: 3 }), bits, (holder, at) => {
        const ciphertexts = dealt.ciphertexts.map((one, index) =>
          index === holder && one.length > 0 ? flipBytes(one, at) : one,
        );
        const same = ciphertexts.every((one, index) => one === dealt.ciphertexts[index]);
        expect(toHex(merkleRoot(ciphertexts)) === members.shares[1]!.message.ciphertextRoot).to.equal(same);
      }),
      { seed: 17 },
    ));

  it('gives another input root, or is no packed vector', () => {
    const w = wordBits(members.parameters.bits, 4);
    const { message } = members.inputs[0]!;
    const packed = members.vectors.get(message.member)!;
    expect(toHex(inputRoot(packed, members.parameters, w))).to.equal(message.inputRoot);
    fc.assert(
      fc.property(bits, (at) => {
        expect(rootOrCode(flipBytes(packed, at), w)).to.not.equal(message.inputRoot);
      }),
      { seed: 19 },
    );
  });

  it('gives another digest of revealed shares', () => {
    const shares = [...members.dealt.values()].map(({ own }): RevealedShare => {
      const { dealer, kind, share, otherCommitment, path } = revealShare(
        members.binding.context,
        own,
        'seed',
      );
      const nodes = path.map((node) => toHex(node) as Bytes32);
      const [y, other] = [toHex(encodeShare(share)), toHex(otherCommitment) as Bytes32];
      return { member: dealer, kind, y, other, path: nodes };
    });
    const due = revealedDigest(shares);
    fc.assert(
      fc.property(
        fc.nat({ max: 3 }),
        fc.constantFrom('member', 'kind', 'y', 'other', 'path'),
        bits,
        (at, field, bit) => {
          const share = shares[at]!;
          const changed: Record<string, unknown> = {
            member: share.member ^ (1 << (bit % 31)),
            kind: 'mask',
            y: flip(share.y, bit),
            other: flip(share.other, bit),
            path: share.path.map((node, level) => (level === 0 ? flip(node, bit) : node)),
          };
          const flipped = { ...share, [field]: changed[field] };
          expect(revealedDigest(shares.with(at, flipped)), field).to.not.equal(due);
        },
      ),
      { seed: 23 },
    );
  });

  const rootOrCode = (packed: Uint8Array, w: number): string => {
    try {
      return toHex(inputRoot(packed, members.parameters, w));
    } catch (error) {
      return (error as { code: string }).code;
    }
  };
});
