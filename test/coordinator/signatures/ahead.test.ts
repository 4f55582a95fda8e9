/** Signers that are recovered in a thread: the same as here, and as good as none where the thread is gone. */
import { expect } from 'chai';
import { recoverAhead, type RecoverAhead } from '#coordinator/signatures/ahead.ts';
import type { Signed } from '#protocol/messages.ts';
import { signedBy } from '#protocol/signature.ts';
import { keptSigner } from '#protocol/signers-ahead.ts';
import { digestOfText, domain, operatorAddress, signed } from '#test/support/cohort.ts';

const inputOf = (member: number, text: string): Signed<object> =>
  signed(
    member,
    'Input',
    {
      ...{ job: 7, round: 1, attempt: 1, member, roster: digestOfText('roster') },
      ...{ sharers: digestOfText('sharers'), inputRoot: digestOfText(text) },
    },
    domain,
  );

const isKnown = (envelope: Signed<object>): boolean => keptSigner(domain, 'Input', envelope) !== undefined;

describe('signers that are recovered ahead', function () {
  this.timeout(30_000);
  let ahead: RecoverAhead;
  before(() => void (ahead = recoverAhead(2)));
  after(() => ahead.close());

  it('are remembered, each as its own message has it', async () => {
    const all = Array.from({ length: 12 }, (_, member) => inputOf(member, 'ahead'));
    expect(all.some(isKnown)).to.equal(false);
    await Promise.all(all.map((one) => ahead.recover(domain, 'Input', one)));
    expect(all.every(isKnown)).to.equal(true);
    for (const [member, one] of all.entries()) {
      expect(signedBy(operatorAddress(member), domain, 'Input', one)).to.equal(true);
      expect(signedBy(operatorAddress(member + 1), domain, 'Input', one)).to.equal(false);
    }
  });

  it('are known of the very message, as it was signed and for what, and it can not be changed any more', async () => {
    const right = inputOf(4, 'kept');
    await ahead.recover(domain, 'Input', right);
    expect(isKnown({ message: right.message, signature: right.signature })).to.equal(true);
    expect(isKnown({ ...right, message: { ...right.message } })).to.equal(false);
    expect(isKnown({ ...right, signature: inputOf(5, 'kept').signature })).to.equal(false);
    expect(keptSigner(domain, 'Confirm', right)).to.equal(undefined);
    expect(keptSigner({ ...domain, chainId: 1 }, 'Input', right)).to.equal(undefined);
    expect(keptSigner({ ...domain, escrow: operatorAddress(9) }, 'Input', right)).to.equal(undefined);
    expect(() => Object.assign(right.message, { member: 5 })).to.throw(TypeError);
  });

  it('are nobody of a message that was changed, or whose signature is none', async () => {
    const right = inputOf(3, 'right');
    const changed = { ...right, message: inputOf(3, 'changed').message };
    const none = { ...right, signature: `0x${'00'.repeat(64)}` as typeof right.signature };
    const garbage = { ...right, signature: '0x12' as typeof right.signature };
    for (const wrong of [changed, none, garbage]) {
      await ahead.recover(domain, 'Input', wrong);
      expect(signedBy(operatorAddress(3), domain, 'Input', wrong)).to.equal(false);
    }
    await ahead.recover(domain, 'Input', right);
    expect(signedBy(operatorAddress(3), domain, 'Input', right)).to.equal(true);
  });

  it('are left to whoever judges where there is no thread, also for those that wait for one that ends', async () => {
    for (const most of [0, 1]) {
      const other = recoverAhead(most);
      const waiting = other.recover(domain, 'Input', inputOf(most, 'waiting'));
      await other.close();
      await waiting;
      const late = inputOf(most, 'late');
      await other.recover(domain, 'Input', late);
      expect(isKnown(late)).to.equal(false);
      expect(signedBy(operatorAddress(most), domain, 'Input', late)).to.equal(true);
    }
  });
});
