/**
 * Tokens that their holder can narrow alone: an HMAC-SHA-256 chain over caveats. Birgisson et al., Macaroons, NDSS 2014
 * §II–III; docs/api.md. tag₀ = HMAC(root, lp(kind) ‖ id), tagᵢ = HMAC(tagᵢ₋₁, caveatᵢ): whoever holds the last tag can
 * go on, nobody can go back, and who has the root can recompute it all.
 */
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { concat, lp, toHex, utf8 } from '#crypto/bytes.ts';
import { TributaryError } from '#crypto/error.ts';
import { fromBase64url, toBase64url } from '../http/base64url.ts';
import { encodeCaveat, type Caveat } from './caveats.ts';

/** `key`: an API key. `access`: what a sign-in gives, for a quarter of an hour. Searchable, should one get lost. */
const prefixes = { key: 'tribk_', access: 'triba_' } as const;
export type TokenKind = keyof typeof prefixes;

/** A token's parts. The caveats are texts: a coordinator may know more of them than this program. */
export type Token = Readonly<{
  kind: TokenKind;
  id: Uint8Array;
  caveats: readonly string[];
  tag: Uint8Array;
}>;

export const ID_BYTES = 16;
export const ROOT_BYTES = 32;
const TAG_BYTES = 32;
const VERSION = 1;
/** Of a token as text: it has to fit a header among others. */
export const MOST_TOKEN_CHARACTERS = 6000;
export const MOST_CAVEATS = 64;

/**
 * A token as its root gives it.
 *
 * @param root 32 secret bytes that nobody has but the coordinator
 */
export function chain(root: Uint8Array, kind: TokenKind, id: Uint8Array, caveats: readonly string[]): Token {
  const tag = hmac(sha256, root, concat(lp(utf8(kind)), id));
  return { kind, id, caveats, tag: caveats.reduce(next, tag) };
}

const next = (tag: Uint8Array, caveat: string): Uint8Array => hmac(sha256, tag, utf8(caveat));

/**
 * A token that opens less: made without the coordinator, and dead with the one that it was made of.
 *
 * @param text an API key or an access token
 * @throws TributaryError `auth/invalid` where that is no token, `auth/too-long` where it would be no header any more
 */
export function attenuate(text: string, ...caveats: readonly Caveat[]): string {
  const token = parseToken(text);
  if (!token) throw new TributaryError('auth/invalid', 'this is no token of a coordinator');
  const added = caveats.map(encodeCaveat);
  const narrowed = formatToken({
    ...token,
    caveats: [...token.caveats, ...added],
    tag: added.reduce(next, token.tag),
  });
  if (parseToken(narrowed)) return narrowed;
  throw new TributaryError(
    'auth/too-long',
    `a token has at most ${MOST_CAVEATS} caveats and ${MOST_TOKEN_CHARACTERS} characters`,
  );
}

export const formatToken = ({ kind, id, caveats, tag }: Token): string =>
  prefixes[kind] +
  toBase64url(concat(Uint8Array.of(VERSION), id, ...caveats.map((caveat) => lp(utf8(caveat))), tag));

/** A token's parts; null where the text is none. */
export function parseToken(text: string): Token | null {
  const kind = (['key', 'access'] as const).find((one) => text.startsWith(prefixes[one]));
  if (!kind || text.length > MOST_TOKEN_CHARACTERS) return null;
  const bytes = fromBase64url(text.slice(prefixes[kind].length));
  if (bytes === null || bytes.length < 1 + ID_BYTES + TAG_BYTES || bytes[0] !== VERSION) return null;
  const id = bytes.slice(1, 1 + ID_BYTES);
  const caveats = caveatsIn(bytes.subarray(1 + ID_BYTES, bytes.length - TAG_BYTES));
  return caveats && { kind, id, caveats, tag: bytes.slice(-TAG_BYTES) };
}

function caveatsIn(bytes: Uint8Array): string[] | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const caveats: string[] = [];
  for (let at = 0; at < bytes.length;) {
    if (at + 4 > bytes.length || caveats.length === MOST_CAVEATS) return null;
    const end = at + 4 + view.getUint32(at);
    if (end > bytes.length) return null;
    caveats.push(new TextDecoder().decode(bytes.subarray(at + 4, end)));
    at = end;
  }
  return caveats;
}

/** A token's id as text: what a coordinator calls the key or the sign-in that it is of. */
export const idText = (id: Uint8Array): string => toHex(id).slice(2);
