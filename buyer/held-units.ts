/** Units of access tokens that an account holds, and which tokens it ever got. protocol.md §5.1 */
import type { Contracts } from '#contracts/connect.ts';
import { readEvents } from '#contracts/events.ts';
import type { Address } from '#protocol/units.ts';

/** Balances asked for in one call. */
const atOnce = 500;

/** @returns the units of one of these tokens; 0 of any other */
export async function heldUnits(
  { accessToken }: Contracts,
  account: Address,
  tokens: readonly number[],
): Promise<(token: number) => bigint> {
  const held = new Map<number, bigint>();
  for (let at = 0; at < tokens.length; at += atOnce) {
    const page = tokens.slice(at, at + atOnce);
    const balances = await accessToken.read.balanceOfBatch(
      page.map(() => account),
      page.map(BigInt),
    );
    page.forEach((token, index) => held.set(token, balances[index] ?? 0n));
  }
  return (token) => held.get(token) ?? 0n;
}

/** Every token of which the account was ever given units, ascending: bought, or sent by another. */
export async function tokensGiven(contracts: Contracts, account: Address): Promise<number[]> {
  const { accessToken } = contracts;
  const single = await readEvents(contracts, accessToken, 'TransferSingle', { to: account });
  const batch = await readEvents(contracts, accessToken, 'TransferBatch', { to: account });
  const ids = [...single.map(({ args }) => args.id), ...batch.flatMap(({ args }) => args.ids)];
  return [...new Set(ids.map(Number))].sort((a, b) => a - b);
}
