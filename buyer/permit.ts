/** A signed allowance for one purchase, in place of a transaction. Source: https://eips.ethereum.org/EIPS/eip-2612 */
import { TypedDataEncoder, type SigningKey } from 'ethers';
import type { SendingContracts } from '#contracts/connect.ts';
import { toBytes32, type Bytes32 } from '#protocol/units.ts';

export type Permit = Readonly<{ deadline: bigint; v: number; r: Bytes32; s: Bytes32 }>;

const types = {
  Permit: [
    { name: 'owner', type: 'address' },
    { name: 'spender', type: 'address' },
    { name: 'value', type: 'uint256' },
    { name: 'nonce', type: 'uint256' },
    { name: 'deadline', type: 'uint256' },
  ],
};

/**
 * Lets the access token contract take `value` base units, once.
 *
 * @throws TributaryError `chain/no-contract` or `escrow/refused` where the payment token knows no permits
 */
export async function signPermit(
  { paymentToken, accessToken, account }: SendingContracts,
  key: SigningKey,
  value: bigint,
  deadline: bigint,
): Promise<Permit> {
  const { name, version, chainId, verifyingContract } = await paymentToken.read.eip712Domain();
  const message = {
    owner: account,
    spender: accessToken.address,
    value,
    nonce: await paymentToken.read.nonces(account),
    deadline,
  };
  const domain = { name, version, chainId, verifyingContract };
  const { v, r, s } = key.sign(TypedDataEncoder.hash(domain, types, message));
  return { deadline, v, r: toBytes32(r), s: toBytes32(s) };
}
