/** A transaction as far as one can get without its key: nonce, gas and fees (EIP-1559), from the chain as it is now. */
import type { Provider } from 'ethers';
import type { Address, Hex } from '#protocol/units.ts';
import { chainError } from './decode-error.ts';
import { gasPriceNow, type GasPrice } from './gas-price.ts';

/** Most gas that one transaction may ask for, by EIP-7825. */
const TRANSACTION_GAS_LIMIT = 16_777_216n;

type Callable = Readonly<{ to?: Address; data: Hex; value?: bigint }>;

/** All but the signature. Amounts are wei. */
export type PreparedTransaction = Readonly<{
  chainId: number;
  from: Address;
  nonce: number;
  to: Address;
  data: Hex;
  gas: bigint;
}> &
  GasPrice;

/** What it needs now and a fifth more, for the state may be another when it is mined. @throws what ethers throws */
export async function estimateGas(provider: Provider, from: string, call: Callable): Promise<bigint> {
  const estimate = await provider.estimateGas({ ...call, from });
  const padded = estimate + estimate / 5n;
  return padded < TRANSACTION_GAS_LIMIT ? padded : TRANSACTION_GAS_LIMIT;
}

/**
 * @throws TributaryError `escrow/…` where the contract would refuse, `chain/insufficient-funds`, `chain/unreachable`,
 *   `chain/failed`
 */
export async function prepareTransaction(
  provider: Provider,
  from: Address,
  { to, data }: Readonly<{ to: Address; data: Hex }>,
): Promise<PreparedTransaction> {
  try {
    const [gas, nonce, network, price] = await Promise.all([
      estimateGas(provider, from, { to, data }),
      provider.getTransactionCount(from, 'pending'),
      provider.getNetwork(),
      gasPriceNow(provider),
    ]);
    return {
      chainId: Number(network.chainId),
      from,
      nonce,
      to,
      data,
      gas,
      ...price,
    };
  } catch (error) {
    throw chainError(error, 'a transaction');
  }
}
