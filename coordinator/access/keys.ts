/** API keys: made by whoever signed in, listed, revoked. docs/api.md */
import { TributaryError } from '#crypto/error.ts';
import type { Rng } from '#crypto/random.ts';
import { chain, formatToken, ID_BYTES, idText, ROOT_BYTES } from '#protocol/access/token.ts';
import type { KeyView, MadeKey, WantedKey } from '#protocol/access/wire.ts';
import type { Seconds } from '#protocol/units.ts';
import { insertGrant, type AccessRows, type Grant } from '../store/access-rows.ts';
import { mintedCaveats } from './grants.ts';
import type { Caller } from './authorise.ts';
import type { Made } from './repeated.ts';
import type { Secrets } from './secrets.ts';

const MOST_KEYS = 100;
const LONGEST_DAYS = 366;

export type Keys = Readonly<{
  list(caller: Caller): Promise<KeyView[]>;
  /** Asked of a repetition too: who may not make a key is not told one. @throws TributaryError `auth/narrowed`, `auth/scope` */
  assertMayMake(caller: Caller, wanted: WantedKey): void;
  /** @throws TributaryError `auth/validity`, `auth/too-many-keys` */
  create(caller: Caller, wanted: WantedKey): Promise<Made<MadeKey>>;
  /** @throws TributaryError `auth/unknown-key`, of another's too */
  revoke(caller: Caller, id: string): Promise<void>;
}>;

export const apiKeys = (
  rows: AccessRows,
  secrets: Pick<Secrets, 'current' | 'rootOf'>,
  rng: Rng,
  now: () => Seconds,
): Keys => ({
  async list(caller) {
    caller.assertCovers(null);
    return (await rows.keys(caller.subject, now())).map(viewOf);
  },

  assertMayMake,

  async create({ subject }, wanted) {
    assertValidity(wanted, now());
    if ((await rows.keys(subject, now())).length >= MOST_KEYS)
      throw new TributaryError('auth/too-many-keys', `an account has at most ${MOST_KEYS} keys: revoke one`);
    const { name, scopes, expiresAt, caveats } = wanted;
    const id = rng.bytes(ID_BYTES);
    const grant: Grant = {
      ...{ id: idText(id), kind: 'key', subject, name, root: rng.bytes(ROOT_BYTES) },
      secret: await secrets.current(),
      ...{ scopes, caveats, createdAt: now(), expiresAt, revokedAt: null },
    };
    const token = formatToken(chain(secrets.rootOf(grant), 'key', id, mintedCaveats(grant, expiresAt)));
    return { answer: { ...viewOf(grant), token }, save: (transaction) => insertGrant(transaction, grant) };
  },

  async revoke(caller, id) {
    caller.assertCovers(null);
    if (await rows.revokeKey(caller.subject, id, now())) return;
    throw new TributaryError('auth/unknown-key', `${caller.subject} has no key ${id}`);
  },
});

/** A key lives longer than who makes it: so nothing that was narrowed makes one, and none is for more than its maker. */
function assertMayMake({ credential, narrowed, scopes }: Caller, wanted: WantedKey): void {
  if (credential !== 'access' || narrowed)
    throw new TributaryError(
      'auth/narrowed',
      'a key is made by an access token as a sign-in gave it, by nothing else',
    );
  const wider = wanted.scopes.find((scope) => !scopes.includes(scope));
  if (wider) throw new TributaryError('auth/scope', `sign in for ${wider} to make a key for it`);
}

function assertValidity({ expiresAt }: WantedKey, now: Seconds): void {
  if (expiresAt <= now || expiresAt > now + LONGEST_DAYS * 24 * 3600)
    throw new TributaryError(
      'auth/validity',
      `expiresAt: a key ends at most ${LONGEST_DAYS} days from now, and not before`,
    );
}

const viewOf = ({ id, name, scopes, createdAt, expiresAt, caveats }: Grant): KeyView => ({
  ...{ id, name, scopes: [...scopes], createdAt, expiresAt, caveats: [...caveats] },
});
