/** Signs in to a coordinator with a keystore's key, for as long as a command needs. EIP-4361; docs/api.md */
import { resolve } from 'node:path';
import type { Scope } from '#protocol/access/scopes.ts';
import { signInMessage } from '#protocol/access/sign-in.ts';
import { coordinatorApi, type CoordinatorApi } from '#protocol/http/coordinator-api.ts';
import { toAddress, toSeconds, type Hex } from '#protocol/units.ts';
import { openKeystore } from './keystore.ts';
import { readPassword } from './password.ts';
import { warnOfPlain } from './plain.ts';
import type { Settings } from './settings.ts';

export type SignInOptions = Readonly<{ coordinator: string; keystore: string }>;

/**
 * Does something with an access token, and ends the sign-in whatever comes of it.
 *
 * @throws TributaryError `keystore/…`, `auth/…`, `coordinator/…`
 */
export async function signedIn<Result>(
  { passwordFile }: Settings,
  { coordinator, keystore }: SignInOptions,
  scopes: readonly Scope[],
  work: (api: CoordinatorApi, token: string) => Promise<Result>,
): Promise<Result> {
  const wallet = await openKeystore(resolve(keystore), await readPassword(passwordFile));
  warnOfPlain(coordinator);
  const api = coordinatorApi(coordinator);
  const { nonce, url, chainId } = await api.nonce();
  const issuedAt = toSeconds(Math.floor(Date.now() / 1000));
  const message = signInMessage({
    ...{ url, chainId, nonce, issuedAt, scopes },
    address: toAddress(wallet.address),
  });
  const signature = (await wallet.signMessage(message)) as Hex;
  const { accessToken, refreshToken } = await api.signIn({ message, signature });
  try {
    return await work(api, accessToken);
  } finally {
    await api.signOut(refreshToken);
  }
}
