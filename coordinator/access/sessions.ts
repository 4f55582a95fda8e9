/** Sign-ins: a nonce, then an access token for a quarter of an hour and a refresh token that is used once. EIP-4361, RFC 6819 §5.2.2.3 */
import { createHash } from 'node:crypto';
import { TributaryError } from '#crypto/error.ts';
import type { Rng } from '#crypto/random.ts';
import { chain, formatToken, ID_BYTES, idText, ROOT_BYTES } from '#protocol/access/token.ts';
import type { SignedIn, SignInNonce, Tokens } from '#protocol/access/wire.ts';
import { toBase64url } from '#protocol/http/base64url.ts';
import { toSeconds, type Seconds } from '#protocol/units.ts';
import type { AccountSigned } from '../account-signature.ts';
import type { AccessRows, Grant } from '../store/access-rows.ts';
import { mintedCaveats } from './grants.ts';
import { newNonce, NONCE_KEY_BYTES, nonceExpiry } from './nonces.ts';
import { isRetired, type Secrets } from './secrets.ts';
import { readSignIn, type Here } from './sign-in.ts';

const ACCESS_SECONDS = 15 * 60;
/** After it one signs again; no refresh moves it. */
const SIGN_IN_SECONDS = 30 * 24 * 3600;
const REFRESH_BYTES = 32;
const REFRESH_PREFIX = 'tribr_';

export type Sessions = Readonly<{
  nonce(): Promise<SignInNonce>;
  /** @throws TributaryError `auth/…`, `chain/unreachable`, `storage/full` */
  signIn(signed: SignedIn): Promise<Tokens>;
  /** @throws TributaryError `auth/refresh`, `storage/full` */
  refresh(refreshToken: string): Promise<Tokens>;
  signOut(refreshToken: string): Promise<void>;
}>;

export type SessionParts = Readonly<{
  rows: AccessRows;
  secrets: Pick<Secrets, 'current' | 'rootOf'>;
  /** Read anew each time: a server knows its port once it listens. */
  here: () => Here;
  signed: AccountSigned;
  rng: Rng;
  now: () => Seconds;
}>;

export function sessions({ rows, secrets, here, signed, rng, now }: SessionParts): Sessions {
  const newRefresh = () => REFRESH_PREFIX + toBase64url(rng.bytes(REFRESH_BYTES));
  const later = (seconds: number) => toSeconds(now() + seconds);
  let key: Promise<Uint8Array> | null = null;
  /** The database's, asked for once; after trouble with it, again. */
  const nonceKey = (): Promise<Uint8Array> =>
    (key ??= rows.nonceKey(rng.bytes(NONCE_KEY_BYTES)).catch((error: unknown) => {
      key = null;
      throw error;
    }));

  return {
    async nonce() {
      const { url, chainId } = here();
      return { ...newNonce(await nonceKey(), rng, now()), url, chainId };
    },

    async signIn({ message, signature }) {
      const { subject, scopes, nonce, digest } = readSignIn(message, here(), now());
      const usedUntil = nonceExpiry(await nonceKey(), nonce, now());
      // The chain is asked only about a message that would count.
      if (usedUntil === null || (await rows.isUsed(nonce))) throw noNonce();
      if ((await signed(subject, digest, signature)) === null)
        throw new TributaryError('auth/signature', `the message is not signed by ${subject}`);
      const grant: Grant = {
        ...{
          id: idText(rng.bytes(ID_BYTES)),
          kind: 'access',
          subject,
          name: '',
          root: rng.bytes(ROOT_BYTES),
          secret: await secrets.current(),
        },
        ...{ scopes, caveats: [], createdAt: now(), expiresAt: later(SIGN_IN_SECONDS), revokedAt: null },
      };
      const refresh = newRefresh();
      if (await rows.signIn({ nonce, usedUntil }, grant, digestOf(refresh), now()))
        return tokensOf(grant, secrets.rootOf(grant), refresh, now());
      throw noNonce();
    },

    async refresh(refreshToken) {
      const next = newRefresh();
      const refreshed = await rows.refresh(digestOf(refreshToken), digestOf(next), now());
      if (!refreshed) throw ended('the refresh token is unknown');
      const { grant, fresh } = refreshed;
      if (!fresh) throw ended('the refresh token was used before, so its sign-in is over');
      if (grant.revokedAt !== null) throw ended('its sign-in was ended');
      if (grant.expiresAt < now()) throw ended('its sign-in has expired');
      if (isRetired(grant.secret, now())) throw ended('the secrets of its sign-in were rotated');
      return tokensOf(grant, secrets.rootOf(grant), next, now());
    },

    signOut: (refreshToken) => rows.signOut(digestOf(refreshToken), now()),
  };
}

/** No longer than the sign-in lasts. */
function tokensOf(grant: Grant, root: Uint8Array, refreshToken: string, now: Seconds): Tokens {
  const expiresAt = toSeconds(Math.min(now + ACCESS_SECONDS, grant.expiresAt));
  const token = chain(root, 'access', Buffer.from(grant.id, 'hex'), mintedCaveats(grant, expiresAt));
  return {
    accessToken: formatToken(token),
    expiresAt,
    refreshToken,
    refreshUntil: grant.expiresAt,
    scopes: [...grant.scopes],
  };
}

/** All that is kept of a refresh token: it is random, so its digest tells nothing. */
const digestOf = (token: string): Uint8Array => new Uint8Array(createHash('sha256').update(token).digest());

const noNonce = (): TributaryError =>
  new TributaryError('auth/nonce', 'the nonce is unknown, used or too old: ask for another');
const ended = (why: string): TributaryError => new TributaryError('auth/refresh', `${why}: sign in again`);
