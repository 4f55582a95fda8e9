import { expect } from 'chai';
import { Interface, Signature, SigningKey } from 'ethers';
import { approvalChecker } from '#coordinator/settlement/approval.ts';
import { settlementTermsOf } from '#protocol/rules/settlement-terms.ts';
import { typedDigest } from '#protocol/typed-digest.ts';
import { toSeconds, type Hex } from '#protocol/units.ts';
import { cohort } from '#test/support/cohort.ts';
import { codeOf } from '../code-of.ts';
import { buyer, buyerKey, digestOfText, domain, resultOf } from '../fixtures.ts';

const members = cohort({ n: 3 });
const message = settlementTermsOf(members.id, { ...resultOf(members), deadline: toSeconds(2_000_000_000) });
const digest = typedDigest(domain, 'Approval', message);
const erc1271 = new Interface(['function isValidSignature(bytes32,bytes) view returns (bytes4)']);
const yes = `0x1626ba7e${'00'.repeat(28)}`;

/** The signature that is passed on, or the code of the refusal, with a chain that answers calls like this. */
async function check(
  signature: Hex,
  call: (request: { to?: unknown; data?: unknown }) => Promise<string> = () => Promise.resolve('0x'),
): Promise<string> {
  let taken = '';
  const checking = approvalChecker({ call: call })(buyer, domain, { message, signature });
  const code = await codeOf(checking.then((approval) => (taken = approval.signature)));
  return taken || code;
}

describe("the buyer's approval", () => {
  const own = buyerKey.sign(digest);

  it('is taken by its key, in 65 bytes or in 64, and passed on in 65', async () => {
    expect(await check(own.serialized as Hex)).to.equal(own.serialized);
    expect(await check(own.compactSerialized as Hex)).to.equal(own.serialized);
  });

  it('is refused by another key, over other terms, or malformed', async () => {
    const other = new SigningKey(digestOfText('stranger')).sign(digest);
    expect(await check(other.serialized as Hex)).to.equal('message/bad-signature');
    expect(await check(buyerKey.sign(digestOfText('other')).serialized as Hex)).to.equal(
      'message/bad-signature',
    );
    expect(await check('0x')).to.equal('message/bad-signature');
  });

  it('is taken where the buyer is a contract that says so, with its signature as it is', async () => {
    const asked: unknown[] = [];
    const signature: Hex = `0x${'ab'.repeat(100)}`;
    const answer = await check(signature, async ({ to, data }) => {
      asked.push([to, ...erc1271.decodeFunctionData('isValidSignature', String(data))]);
      return yes;
    });
    expect(answer).to.equal(signature);
    expect(asked).to.deep.equal([[buyer, digest, signature]]);
    expect(await check(signature, async () => `0xffffffff${'00'.repeat(28)}`)).to.equal(
      'message/bad-signature',
    );
  });

  it('is refused where the contract reverts, and told where no chain answers', async () => {
    const reverts = Object.assign(new Error('reverted'), { code: 'CALL_EXCEPTION', data: '0x' });
    expect(await check('0xabcd', () => Promise.reject(reverts))).to.equal('message/bad-signature');
    const away = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    expect(await check('0xabcd', () => Promise.reject(away))).to.equal('chain/unreachable');
  });

  it('is not asked of the chain where the key signed', async () => {
    const signature = Signature.from(own).serialized as Hex;
    expect(await check(signature, () => Promise.reject(new Error('asked')))).to.equal(signature);
  });
});
