/** The typed calls of who may ask: sign-in, tokens, API keys. docs/api.md */
import { TributaryError } from '#crypto/error.ts';
import type { Account, KeyView, MadeKey, SignedIn, SignInNonce, Tokens, WantedKey } from '../access/wire.ts';
import type { Call } from './call.ts';
import { operations } from './operations.ts';

/** RFC 6750 §2.1. */
export const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

/** @param base the coordinator's URL */
export const accessCalls = (call: Call, base: string) => ({
  /**
   * What a sign-in message has to name: `signInMessage` makes one of it.
   *
   * @throws TributaryError `auth/other-url` where it is for another place than this: who signed it would let a coordinator that
   *   passes on another's nonce sign in there in its name
   */
  async nonce(): Promise<SignInNonce> {
    const { value } = await call(operations.nonce);
    if (originOf(value.url) === originOf(base)) return value;
    throw new TributaryError(
      'auth/other-url',
      `the coordinator at ${new URL(base).origin} asks for a sign-in to ${originOf(value.url) ?? 'no URL'}`,
    );
  },

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

const originOf = (url: string): string | null => (URL.canParse(url) ? new URL(url).origin : null);
