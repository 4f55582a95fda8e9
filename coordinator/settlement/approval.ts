/** Whether the buyer signed a settlement: by its key, or as a contract by ERC-1271. protocol.md §5.3, §1.3 */
import type { Provider } from 'ethers';
import { TributaryError } from '#crypto/error.ts';
import type { ApprovalUpload } from '#protocol/messages.ts';
import { typedDigest } from '#protocol/typed-digest.ts';
import type { Domain } from '#protocol/typed-data.ts';
import type { Address } from '#protocol/units.ts';
import { accountSigned } from '../account-signature.ts';

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
    const signed = accountSigned(provider, 'the check of the approval');
    const taken = await signed(buyer, typedDigest(domain, 'Approval', message), signature);
    if (taken) return { message, signature: taken };
    throw new TributaryError(
      'message/bad-signature',
      `the approval is not signed by the job's buyer ${buyer}`,
    );
  };
