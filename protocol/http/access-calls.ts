/** The typed calls of who may ask: sign-in, tokens, API keys. docs/api.md */
import type { Account, KeyView, MadeKey, SignedIn, SignInNonce, Tokens, WantedKey } from '../access/wire.ts';
import type { Call } from './call.ts';
import { operations } from './operations.ts';

/** RFC 6750 §2.1. */
export const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

export const accessCalls = (call: Call) => ({
  /** What a sign-in message has to name: `signInMessage` makes one of it. */
  nonce: async (): Promise<SignInNonce> => (await call(operations.nonce)).value,

  /** @param body the message, and its account's EIP-191 signature */
  signIn: async (body: SignedIn): Promise<Tokens> => (await call(operations.signIn, { body })).value,

  /** New tokens. The refresh token is used up, also where the answer gets lost: then sign in again. */
  refresh: async (refreshToken: string): Promise<Tokens> =>
    (await call(operations.refresh, { body: { refreshToken } })).value,

  /** Ends a sign-in, with all its tokens. */
  signOut: async (refreshToken: string): Promise<void> =>
    void (await call(operations.signOut, { body: { refreshToken } })),

  account: async (token: string): Promise<Account> =>
    (await call(operations.account, { headers: bearer(token) })).value,

  keys: async (token: string): Promise<KeyView[]> =>
    (await call(operations.keys, { headers: bearer(token) })).value,

  /**
   * Makes an API key.
   *
   * @param token an access token, not narrowed
   * @param once an Idempotency-Key of your choice: sent again with it, the request makes no second key
   */
  createKey: async (token: string, wanted: WantedKey, once?: string): Promise<MadeKey> =>
    (
      await call(operations.createKey, {
        headers: { ...bearer(token), ...(once !== undefined && { 'idempotency-key': once }) },
        body: wanted,
      })
    ).value,

  /** @param key its id */
  revokeKey: async (token: string, key: string): Promise<void> =>
    void (await call(operations.revokeKey, { path: { key }, headers: bearer(token) })),
});
