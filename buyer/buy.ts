/** Buys the units that a quote still lacks, each token in one transaction. protocol.md §5.1 */
import type { SigningKey } from 'ethers';
import { latestTime } from '#contracts/chain-time.ts';
import type { SendingContracts } from '#contracts/connect.ts';
import { signPermit } from './permit.ts';
import { assertAffordable, type Quote, type QuoteLine } from './quote.ts';

/** With a key, each purchase carries a permit; with null, one approval comes first. */
export type Payment = SigningKey | null;

const permitSeconds = 3_600;

/**
 * Buys what is to be bought. What the buyer holds already is not bought again, so a new quote after a failure goes on
 * where this one stopped.
 *
 * @param onBought told after each purchase
 * @throws TributaryError `quote/balance-too-low` before anything is sent, `escrow/…`, `chain/…`
 */
export async function buyAccess(
  contracts: SendingContracts,
  quote: Quote,
  payment: Payment,
  onBought: (line: QuoteLine) => void = () => undefined,
): Promise<void> {
  assertAffordable(quote);
  const lines = quote.lines.filter(({ toBuy }) => toBuy > 0);
  const cost = lines.reduce((sum, line) => sum + line.cost, 0n);
  const { accessToken, paymentToken } = contracts;
  if (payment === null && quote.allowance.accessToken < cost) {
    await paymentToken.send.approve(accessToken.address, cost);
  }
  for (const line of lines) {
    const [token, amount] = [BigInt(line.token), BigInt(line.toBuy)];
    if (payment === null) {
      await accessToken.send.buy(token, amount);
    } else {
      const deadline = BigInt((await latestTime(contracts)) + permitSeconds);
      const { v, r, s } = await signPermit(contracts, payment, line.cost, deadline);
      await accessToken.send.buyWithPermit(token, amount, deadline, v, r, s);
    }
    onBought(line);
  }
}
