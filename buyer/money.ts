/** Amounts as a person reads them: base units, and the token's own where it has decimals. protocol.md §1.1 */
import type { Contracts } from '#contracts/connect.ts';

export type Token = Readonly<{ symbol: string; decimals: number }>;

const unnamed: Token = { symbol: '', decimals: 0 };

/** A token need not say its name: then amounts are told in base units alone. */
export async function readToken({ paymentToken }: Contracts): Promise<Token> {
  try {
    const decimals = await paymentToken.read.decimals();
    const symbol = await paymentToken.read.symbol();
    // A token's contract is anyone's: its name must not draw on a terminal.
    return /^[\w$.-]{1,16}$/.test(symbol) && decimals <= 36 ? { symbol, decimals } : unnamed;
  } catch {
    return unnamed;
  }
}

/** As in “1500000 (1.5 USDC)”, or “1500000” of a token without decimals. */
export function moneyText(amount: bigint, { symbol, decimals }: Token): string {
  if (decimals === 0) return `${amount}${symbol === '' ? '' : ` ${symbol}`}`;
  const digits = (amount < 0n ? -amount : amount).toString().padStart(decimals + 1, '0');
  const fraction = digits.slice(-decimals).replace(/0+$/, '');
  const whole = `${amount < 0n ? '-' : ''}${digits.slice(0, -decimals)}`;
  return `${amount} (${whole}${fraction === '' ? '' : `.${fraction}`} ${symbol})`;
}
