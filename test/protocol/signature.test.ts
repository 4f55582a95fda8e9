import { expect } from 'chai';
import fc from 'fast-check';
import { recoverAddress, Signature, TypedDataEncoder, Wallet } from 'ethers';
import { toHex } from '#crypto/bytes.ts';
import { recoverTyped, signTyped, signedBy } from '#protocol/signature.ts';
import { typedDigest } from '#protocol/typed-digest.ts';
import { typedData, typedDomain } from '#protocol/typed-data.ts';
import type { CompactSignature } from '#protocol/units.ts';
import { digestOfText, domain, operatorAddress, operatorKey } from '#test/support/cohort.ts';

const message = {
  job: 7,
  round: 2,
  attempt: 1,
  member: 3,
  roster: digestOfText('roster'),
  sharers: digestOfText('sharers'),
  inputRoot: digestOfText('input'),
};
const signature = signTyped(operatorKey(1), domain, 'Input', message);
const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

describe('signatures', () => {
  it('are 64 bytes and recover to their signer', () => {
    expect(signature).to.match(/^0x[0-9a-f]{128}$/);
    expect(recoverTyped(domain, 'Input', { message, signature })).to.equal(operatorAddress(1));
    expect(signedBy(operatorAddress(1), domain, 'Input', { message, signature })).to.equal(true);
    expect(signedBy(operatorAddress(2), domain, 'Input', { message, signature })).to.equal(false);
  });

  it('agree with an independent wallet on the digest', async () => {
    const wallet = new Wallet(operatorKey(1).privateKey);
    const types = { Input: [...typedData.Input] };
    const theirs = Signature.from(await wallet.signTypedData(typedDomain(domain), types, message));
    expect(theirs.compactSerialized).to.equal(signature);
    expect(typedDigest(domain, 'Input', message)).to.equal(
      TypedDataEncoder.hash(typedDomain(domain), types, message),
    );
  });

  for (const [name, bend] of Object.entries({
    job: { job: 8 },
    round: { round: 3 },
    attempt: { attempt: 2 },
    member: { member: 4 },
    roster: { roster: digestOfText('x') },
    sharers: { sharers: digestOfText('x') },
    inputRoot: { inputRoot: digestOfText('x') },
  })) {
    it(`cover ${name}`, () =>
      expect(recoverTyped(domain, 'Input', { message: { ...message, ...bend }, signature })).to.not.equal(
        operatorAddress(1),
      ));
  }

  it('cover chain, escrow and purpose', () => {
    const elsewhere = { message, signature };
    expect(recoverTyped({ ...domain, chainId: 1 }, 'Input', elsewhere)).to.not.equal(operatorAddress(1));
    expect(recoverTyped({ ...domain, escrow: operatorAddress(5) }, 'Input', elsewhere)).to.not.equal(
      operatorAddress(1),
    );
    const terms = {
      job: 7,
      round: 1,
      attempt: 1,
      manifest: digestOfText('m'),
      payoutRoot: digestOfText('p'),
      total: '5',
      participants: digestOfText('b'),
      deadline: 99,
    };
    const attested = signTyped(operatorKey(1), domain, 'Attestation', terms);
    expect(recoverTyped(domain, 'Approval', { message: terms, signature: attested })).to.not.equal(
      operatorAddress(1),
    );
  });

  it('recover to whom an independent implementation says, and to the same when they are asked again', () => {
    const outside = (digest: string, compact: string): string | null => {
      try {
        return recoverAddress(digest, compact).toLowerCase();
      } catch {
        return null;
      }
    };
    // Of any r some recover to nobody.
    const any = fc.record({
      round: fc.integer({ min: 1, max: 9 }),
      r: fc.uint8Array({ minLength: 32, maxLength: 32 }),
    });
    fc.assert(
      fc.property(any, ({ round, r }) => {
        const bent = (toHex(r) + signature.slice(66)) as CompactSignature;
        const of = { message: { ...message, round }, signature: bent };
        const signer = recoverTyped(domain, 'Input', of);
        expect(signer).to.equal(outside(typedDigest(domain, 'Input', of.message), bent));
        expect(recoverTyped(domain, 'Input', of)).to.equal(signer);
      }),
    );
    expect(recoverTyped(domain, 'Input', { message, signature })).to.equal(operatorAddress(1));
  });

  it('are refused in the other s, in 65 bytes, and as garbage', () => {
    const { r, s, yParity } = Signature.from(signature);
    const flipped = (ORDER - BigInt(s)).toString(16).padStart(64, '0');
    const sixtyFive = `${r}${flipped}${yParity === 0 ? '1c' : '1b'}`;
    expect(recoverTyped(domain, 'Input', { message, signature: sixtyFive as CompactSignature })).to.equal(
      null,
    );
    const honest65 = Signature.from(signature).serialized as CompactSignature;
    expect(recoverTyped(domain, 'Input', { message, signature: honest65 })).to.equal(null);
    // The compact form holds the parity in s's top bit: an s above n / 2 that still fits 255 bits is high.
    const high = BigInt('0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a1');
    const compactHigh = `${r}${high.toString(16).padStart(64, '0')}` as CompactSignature;
    expect(recoverTyped(domain, 'Input', { message, signature: compactHigh })).to.equal(null);
    const zeros = toHex(new Uint8Array(64)) as CompactSignature;
    expect(recoverTyped(domain, 'Input', { message, signature: zeros })).to.equal(null);
  });
});
