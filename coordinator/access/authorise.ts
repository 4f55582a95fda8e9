/** The one verifier of tokens: whose it is, whether it is alive, and what its caveats leave open. RFC 6750; docs/api.md */
import { timingSafeEqual } from 'node:crypto';
import { TributaryError } from '#crypto/error.ts';
import { decodeCaveat, type Caveat } from '#protocol/access/caveats.ts';
import { scopes as allScopes, type Scope } from '#protocol/access/scopes.ts';
import { chain, idText, parseToken, type Token, type TokenKind } from '#protocol/access/token.ts';
import { toSeconds, type Address, type Seconds } from '#protocol/units.ts';
import type { AccessRows, Grant } from '../store/access-rows.ts';
import { isRetired, type Secrets } from './secrets.ts';

/** What a request is about, as far as caveats ask; null where it is about no job at all. */
export type About = Readonly<{ job: number; round: number; datasets: readonly number[] }> | null;

/** Who asks, as its token proves. */
export type Caller = Readonly<{
  /** Of the API key or sign-in that its token stands under. */
  id: string;
  subject: Address;
  credential: TokenKind;
  /** What all caveats together leave. */
  scopes: readonly Scope[];
  expiresAt: Seconds;
  caveats: readonly Caveat[];
  /** Whether its holder added caveats to those that it was born with. */
  narrowed: boolean;
  /** @throws TributaryError `auth/caveat` where one leaves this request out, which it does if it can't be asked */
  assertCovers(about: About): void;
}>;

/** @throws TributaryError `auth/invalid`, `auth/revoked`, `auth/rotated`, `auth/expired`, `auth/scope` */
export type Authorise = (token: string, scope: Scope) => Promise<Caller>;

export const authoriser =
  (rows: Pick<AccessRows, 'grant'>, { rootOf }: Pick<Secrets, 'rootOf'>, now: () => Seconds): Authorise =>
  async (text, scope) => {
    const token = parseToken(text);
    const grant = token && (await rows.grant(idText(token.id)));
    // Nothing is said of a token, not even that it is revoked, before it is known for one.
    if (!token || !grant || grant.kind !== token.kind || !isOf(rootOf(grant), token))
      throw new TributaryError('auth/invalid', 'this is no token of this coordinator');
    if (grant.revokedAt !== null) throw new TributaryError('auth/revoked', 'the token was revoked');
    if (isRetired(grant.secret, now()))
      throw new TributaryError('auth/rotated', 'the secrets of the token were rotated');
    const caller = callerOf(grant, token.caveats.map(known));
    if (caller.expiresAt < now()) throw new TributaryError('auth/expired', 'the token has expired');
    if (!caller.scopes.includes(scope))
      throw new TributaryError('auth/scope', `the token is not for ${scope}`);
    return caller;
  };

function isOf(root: Uint8Array, token: Token): boolean {
  const { tag } = chain(root, token.kind, token.id, token.caveats);
  return timingSafeEqual(tag, token.tag);
}

/** A caveat that can't be asked is one that does not hold. */
function known(text: string, at: number): Caveat {
  const caveat = decodeCaveat(text);
  if (caveat) return caveat;
  throw new TributaryError('auth/invalid', `caveat ${at + 1} of the token is of no known kind`);
}

function callerOf(grant: Grant, caveats: readonly Caveat[]): Caller {
  const ends = caveats.flatMap((caveat) => (caveat.kind === 'expires' ? [caveat.at] : []));
  const within = caveats.flatMap((caveat) => (caveat.kind === 'scope' ? [caveat.scopes] : []));
  return {
    id: grant.id,
    subject: grant.subject,
    credential: grant.kind,
    scopes: allScopes.filter((scope) => within.every((list) => list.includes(scope))),
    expiresAt: toSeconds(Math.min(grant.expiresAt, ...ends)),
    caveats,
    // Scope and expiry are the coordinator's own.
    narrowed: caveats.length > 2 + grant.caveats.length,
    assertCovers(about) {
      const broken = caveats.find((caveat) => !covers(caveat, about));
      if (broken)
        throw new TributaryError('auth/caveat', `the token's caveat on ${broken.kind} leaves this out`);
    },
  };
}

function covers(caveat: Caveat, about: About): boolean {
  switch (caveat.kind) {
    case 'expires':
    case 'scope':
      // Every request is held against these, before it is known what it is about.
      return true;
    case 'job':
      return about !== null && about.job === caveat.job;
    case 'rounds':
      return about !== null && about.round >= caveat.first && about.round <= caveat.last;
    case 'dataset':
      return (
        about !== null &&
        about.datasets.length > 0 &&
        about.datasets.every((dataset) => caveat.datasets.includes(dataset))
      );
    default:
      return caveat satisfies never;
  }
}
