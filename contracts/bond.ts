/** The allowance for a bond. protocol.md §5.6 */
import type { SendingContracts } from './connect.ts';

/** Exactly the bond, and nothing where an allowance is left of a run that was cut off. @throws TributaryError `chain/…`, `escrow/…` */
export async function approveBond(
  { paymentToken, disputes, account }: Pick<SendingContracts, 'paymentToken' | 'disputes' | 'account'>,
  bond: bigint,
): Promise<void> {
  const allowed = await paymentToken.read.allowance(account, disputes.address);
  if (allowed < bond) await paymentToken.send.approve(disputes.address, bond);
}
