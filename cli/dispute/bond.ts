/** The bond of a step: enough of the payment token, and an allowance of exactly that. protocol.md §5.6 */
import type { SendingContracts } from '#contracts/connect.ts';
import { TributaryError } from '#crypto/error.ts';
import { moneyText, readToken } from '#buyer/money.ts';
import type { SigningAccount } from '../unsigned/as-account.ts';

/** @throws TributaryError `dispute/no-bond` */
export async function assertBond(contracts: SendingContracts, bond: bigint): Promise<string> {
  const { paymentToken, account } = contracts;
  const token = await readToken(contracts);
  const balance = await paymentToken.read.balanceOf(account);
  const text = moneyText(bond, token);
  if (balance >= bond) return text;
  throw new TributaryError(
    'dispute/no-bond',
    `${account} has ${moneyText(balance, token)}, the bond is ${text}: fund it`,
  );
}

/**
 * Nothing is approved where an earlier run, cut off, left an allowance; one that prepares for another machine goes through
 * the same transactions each time.
 */
export async function approveBond({ contracts, remember }: SigningAccount, bond: bigint): Promise<void> {
  const { paymentToken, disputes, account } = contracts;
  const allowed = await paymentToken.read.allowance(account, disputes.address);
  const approves = remember('approves the bond', () => (allowed < bond ? 'yes' : 'no'));
  if (approves === 'yes') await paymentToken.send.approve(disputes.address, bond);
}
