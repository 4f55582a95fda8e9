/** What a transaction offers for its gas, by EIP-1559, and how much more a replacement has to offer. */
import type { Provider } from 'ethers';

/** Wei for one unit of gas: at most, and of that to whoever makes the block. */
export type GasPrice = Readonly<{ maxFeePerGas: bigint; maxPriorityFeePerGas: bigint }>;

/** What the node proposes now. @throws what ethers throws */
export async function gasPriceNow(provider: Provider): Promise<GasPrice> {
  const fees = await provider.getFeeData();
  return {
    maxFeePerGas: fees.maxFeePerGas ?? fees.gasPrice ?? 0n,
    maxPriorityFeePerGas: fees.maxPriorityFeePerGas ?? 0n,
  };
}

/** At most `cap` a unit of gas; null: any. */
export function capped({ maxFeePerGas, maxPriorityFeePerGas }: GasPrice, cap: bigint | null): GasPrice {
  const most = cap === null || maxFeePerGas < cap ? maxFeePerGas : cap;
  return {
    maxFeePerGas: most,
    maxPriorityFeePerGas: maxPriorityFeePerGas < most ? maxPriorityFeePerGas : most,
  };
}

/**
 * The price of a replacement: an eighth above the present one, or what the node proposes now if that is more.
 *
 * @returns null where the cap leaves no room for the tenth that nodes ask of a replacement, in both of its parts
 */
export function raised(present: GasPrice, now: GasPrice, cap: bigint | null): GasPrice | null {
  const price = capped(
    {
      maxFeePerGas: larger(above(present.maxFeePerGas, 8n), now.maxFeePerGas),
      maxPriorityFeePerGas: larger(above(present.maxPriorityFeePerGas, 8n), now.maxPriorityFeePerGas),
    },
    cap,
  );
  const enough =
    price.maxFeePerGas >= above(present.maxFeePerGas, 10n) &&
    price.maxPriorityFeePerGas >= above(present.maxPriorityFeePerGas, 10n);
  return enough ? price : null;
}

/** A part of an amount more than it, rounded up, and more in any case. */
const above = (amount: bigint, part: bigint): bigint =>
  larger((amount * (part + 1n) + part - 1n) / part, amount + 1n);
const larger = (a: bigint, b: bigint): bigint => (a > b ? a : b);
