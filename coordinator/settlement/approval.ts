/** Whether the buyer signed a settlement: by its key, or as a contract by ERC-1271. protocol.md §5.3, §1.3 */
import { Interface, Signature, recoverAddress, type Provider } from 'ethers';
import { chainError } from '#contracts/decode-error.ts';
import { TributaryError } from '#crypto/error.ts';
import type { ApprovalUpload } from '#protocol/messages.ts';
import { typedDigest } from '#protocol/signature.ts';
import type { Domain } from '#protocol/typed-data.ts';
import type { Address, Bytes32, Hex } from '#protocol/units.ts';

/** https://eips.ethereum.org/EIPS/eip-1271 */
const erc1271 = new Interface([
  'function isValidSignature(bytes32 hash, bytes signature) view returns (bytes4)',
]);
const MAGIC_VALUE = '0x1626ba7e';
const noAnswer: readonly string[] = ['chain/unreachable', 'chain/busy'];

/**
 * @returns the approval with its signature in the form that the escrow takes
 * @throws TributaryError `message/bad-signature` where it is not the buyer's, `chain/unreachable`, `chain/busy`
 */
export type CheckApproval = (
  buyer: Address,
  domain: Domain,
  approval: ApprovalUpload,
) => Promise<ApprovalUpload>;

export const approvalChecker =
  (provider: Pick<Provider, 'call'>): CheckApproval =>
  async (buyer, domain, { message, signature }) => {
    const digest = typedDigest(domain, 'Approval', message);
    const own = ownSignature(buyer, digest, signature);
    if (own) return { message, signature: own };
    if (await contractSigned(provider, buyer, digest, signature)) return { message, signature };
    throw new TributaryError(
      'message/bad-signature',
      `the approval is not signed by the job's buyer ${buyer}`,
    );
  };

/** A key's signature in 65 bytes, as the escrow's checker reads it; null where it is not that of the buyer's key. */
function ownSignature(buyer: Address, digest: Bytes32, signature: Hex): Hex | null {
  try {
    const parsed = Signature.from(signature);
    return recoverAddress(digest, parsed).toLowerCase() === buyer ? (parsed.serialized as Hex) : null;
  } catch {
    return null;
  }
}

async function contractSigned(
  provider: Pick<Provider, 'call'>,
  buyer: Address,
  digest: Bytes32,
  signature: Hex,
): Promise<boolean> {
  const data = erc1271.encodeFunctionData('isValidSignature', [digest, signature]);
  try {
    const answer = await provider.call({ to: buyer, data });
    return answer.slice(0, MAGIC_VALUE.length) === MAGIC_VALUE;
  } catch (error) {
    const failure = chainError(error, 'the check of the approval');
    // Only an answer says that it did not sign.
    if (noAnswer.includes(failure.code)) throw failure;
    return false;
  }
}
