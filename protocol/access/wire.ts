/** What crosses HTTP when someone signs in or keeps API keys. docs/api.md */
import { z } from 'zod';
import { address, hex, seconds, words } from '../units.ts';
import { caveat } from './caveats.ts';
import { scopeList } from './scopes.ts';

const MOST_CAVEATS_OF_KEY = 16;
/** EIP-4361: letters and digits, at least 8. */
const nonce = z.string().regex(/^[0-9A-Za-z]{8,64}$/);
const keyId = z.string().regex(/^[0-9a-f]{32}$/, "expected a key's id: 32 lower-case hex digits");
const token = z.string().min(1).max(8192);
const refreshToken = z.string().regex(/^tribr_[\w-]{43}$/, 'expected a refresh token: tribr_…');

export const signInNonce = z.strictObject({
  nonce,
  url: z.string().max(2048).describe('The URI to sign for; its host is the domain.'),
  chainId: z.int().min(1),
  expiresAt: seconds.describe('Until then it can be used, once.'),
});

export const signedIn = z.strictObject({
  message: z.string().min(1).max(4096).describe('An EIP-4361 message, to the letter as it was signed.'),
  signature: hex.describe('EIP-191: of a key, or of a contract (ERC-1271).'),
});

export const tokens = z.strictObject({
  accessToken: token.describe('For `Authorization: Bearer`.'),
  expiresAt: seconds.describe('Of the access token.'),
  refreshToken: refreshToken.describe('For one refresh. Used a second time, it ends the sign-in.'),
  refreshUntil: seconds.describe('The end of the sign-in; no refresh moves it.'),
  scopes: scopeList,
});

export const refreshing = z.strictObject({ refreshToken });
export const revoked = z.strictObject({ revoked: z.literal(true) });

export const account = z.strictObject({
  subject: address.describe('Whose token it is.'),
  credential: z.enum(['access', 'key']),
  scopes: z.array(scopeList.element),
  expiresAt: seconds,
  caveats: z
    .array(caveat)
    .describe('All that the token is narrowed by, the first as the coordinator gave it.'),
});

const name = words.min(1).max(100).describe('For you: what it is used for.');
export const wantedKey = z.strictObject({
  name,
  scopes: scopeList.describe("No more than the token's own."),
  expiresAt: seconds.describe('At most 366 days ahead.'),
  caveats: z.array(caveat).max(MOST_CAVEATS_OF_KEY).describe('What it is narrowed by from the start.'),
});

export const keyView = z.strictObject({
  id: keyId,
  name,
  scopes: scopeList,
  createdAt: seconds,
  expiresAt: seconds,
  caveats: z.array(caveat).max(MOST_CAVEATS_OF_KEY),
});
export const madeKey = keyView.extend({
  token: token.describe('The key itself, for `Authorization: Bearer`. It is not shown again.'),
});
export const keyIdParameter = keyId;

export type SignInNonce = z.output<typeof signInNonce>;
export type SignedIn = z.output<typeof signedIn>;
export type Tokens = z.output<typeof tokens>;
export type Account = z.output<typeof account>;
export type WantedKey = z.output<typeof wantedKey>;
export type KeyView = z.output<typeof keyView>;
export type MadeKey = z.output<typeof madeKey>;
