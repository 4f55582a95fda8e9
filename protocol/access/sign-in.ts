/** The message by which an account signs in. EIP-4361; docs/api.md */
import { getAddress } from 'ethers';
import type { Address, Seconds } from '../units.ts';
import { scopeUrn, type Scope } from './scopes.ts';

export type SignIn = Readonly<{
  /** The coordinator's URL, as it says itself. */
  url: string;
  address: Address;
  chainId: number;
  /** From the coordinator, for this one sign-in. */
  nonce: string;
  issuedAt: Seconds;
  scopes: readonly Scope[];
}>;

/** What is signed (EIP-191, as `personal_sign` and ethers' `signMessage` do) and sent. */
export function signInMessage({ url, address, chainId, nonce, issuedAt, scopes }: SignIn): string {
  return [
    `${new URL(url).host} wants you to sign in with your Ethereum account:`,
    getAddress(address),
    '',
    STATEMENT,
    '',
    `URI: ${url}`,
    'Version: 1',
    `Chain ID: ${chainId}`,
    `Nonce: ${nonce}`,
    `Issued At: ${new Date(issuedAt * 1000).toISOString()}`,
    'Resources:',
    ...scopes.map((scope) => `- ${scopeUrn(scope)}`),
  ].join('\n');
}

const STATEMENT = 'Sign in to a Tributary coordinator. This signs no transaction and costs nothing.';
