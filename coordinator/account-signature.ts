/** Whether an account signed a digest: by its key, or as a contract by ERC-1271. https://eips.ethereum.org/EIPS/eip-1271 */
import { Interface, Signature, recoverAddress, type Provider } from 'ethers';
import { chainError } from '#contracts/decode-error.ts';
import type { Address, Bytes32, Hex } from '#protocol/units.ts';

const erc1271 = new Interface([
  'function isValidSignature(bytes32 hash, bytes signature) view returns (bytes4)',
]);
const MAGIC_VALUE = '0x1626ba7e';
/** Only an answer says that it did not sign. */
const noAnswer: readonly string[] = ['chain/unreachable', 'chain/busy'];

/**
 * @returns the signature, a key's in 65 bytes, as contracts' checkers read it; null where it is not the account's
 * @throws TributaryError `chain/unreachable`, `chain/busy`
 */
export type AccountSigned = (account: Address, digest: Bytes32, signature: Hex) => Promise<Hex | null>;

/** @param what is signed, for the message of an error */
export const accountSigned =
  (provider: Pick<Provider, 'call'>, what: string): AccountSigned =>
  async (account, digest, signature) => {
    const own = ownSignature(account, digest, signature);
    if (own) return own;
    const data = erc1271.encodeFunctionData('isValidSignature', [digest, signature]);
    try {
      const answer = await provider.call({ to: account, data });
      return answer.slice(0, MAGIC_VALUE.length) === MAGIC_VALUE ? signature : null;
    } catch (error) {
      const failure = chainError(error, what);
      if (noAnswer.includes(failure.code)) throw failure;
      return null;
    }
  };

/** Null where it is not that of the account's key. */
function ownSignature(account: Address, digest: Bytes32, signature: Hex): Hex | null {
  try {
    const parsed = Signature.from(signature);
    return recoverAddress(digest, parsed).toLowerCase() === account ? (parsed.serialized as Hex) : null;
  } catch {
    return null;
  }
}
