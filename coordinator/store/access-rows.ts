/** Used nonces, sign-ins, API keys and refresh tokens in rows. A nonce is used by one insert, a refresh token by one update: once. docs/api.md */
import type { Caveat } from '#protocol/access/caveats.ts';
import type { Scope } from '#protocol/access/scopes.ts';
import type { TokenKind } from '#protocol/access/token.ts';
import { toAddress, toSeconds, type Address, type Seconds } from '#protocol/units.ts';
import type { Database, Transaction } from './database.ts';
import { secretOf, type SecretRow } from './secret-rows.ts';

/** What tokens stand under: a sign-in, or an API key. Revoked or expired, none of its tokens opens anything. */
export type Grant = Readonly<{
  /** 32 hex digits; it is in each of its tokens. */
  id: string;
  kind: TokenKind;
  subject: Address;
  name: string;
  /** Of the HMAC chain, together with the secret: of itself it makes no token. */
  root: Uint8Array;
  /** Retired, it opens nothing any more. */
  secret: SecretRow;
  scopes: readonly Scope[];
  /** An API key's, beside scopes and expiry. */
  caveats: readonly Caveat[];
  createdAt: Seconds;
  expiresAt: Seconds;
  revokedAt: Seconds | null;
}>;

/** A nonce that is being used; after that time it is no nonce any more, and need not be remembered. */
export type UsedNonce = Readonly<{ nonce: string; usedUntil: Seconds }>;

export type Refreshed = Readonly<{ grant: Grant; fresh: boolean }>;

export type AccessRows = Readonly<{
  /** The key of all nonces of this database. @param fresh becomes it where there is none yet */
  nonceKey(fresh: Uint8Array): Promise<Uint8Array>;
  isUsed(nonce: string): Promise<boolean>;
  /** Opens a sign-in, if its nonce was not used. @returns whether it was not */
  signIn(nonce: UsedNonce, grant: Grant, refresh: Uint8Array, now: Seconds): Promise<boolean>;
  /**
   * Uses a refresh token up and puts another in its place; one that was used before revokes its sign-in.
   *
   * @param digest SHA-256 of the token. @returns null where it is unknown; `fresh` where it was used for the first time
   */
  refresh(digest: Uint8Array, next: Uint8Array, now: Seconds): Promise<Refreshed | null>;
  /** Revokes the sign-in of a refresh token, used or not. */
  signOut(digest: Uint8Array, now: Seconds): Promise<void>;
  grant(id: string): Promise<Grant | null>;
  /** An account's API keys that are neither revoked nor expired, the oldest first. */
  keys(subject: Address, now: Seconds): Promise<Grant[]>;
  /** @returns whether the account has such a key, revoked or not */
  revokeKey(subject: Address, id: string, now: Seconds): Promise<boolean>;
}>;

type Row = Omit<Grant, 'createdAt' | 'expiresAt' | 'revokedAt' | 'subject' | 'secret'> &
  Readonly<{
    subject: string;
    created_at: number | bigint;
    expires_at: number | bigint;
    revoked_at: number | bigint | null;
    number: number;
    sealed: Uint8Array | null;
    retires_at: number | null;
  }>;

/** An expired token is told that it is, for so long. */
const REMEMBERED_SECONDS = 30 * 24 * 3600;

const columns =
  'id, kind, subject, name, root, scopes, caveats, access_grants.created_at, expires_at, revoked_at, number, sealed, retires_at';
const grants = 'access_grants join token_secrets on number = secret';

export function openAccessRows(database: Pick<Database, 'commit' | 'query'>): AccessRows {
  const select = async (where: string, values: unknown[]) =>
    (await database.query<Row>(`select ${columns} from ${grants} where ${where}`, values)).map(grantOf);

  return {
    async nonceKey(fresh) {
      let key = fresh;
      await database.commit(async (transaction) => {
        await transaction.query(
          'insert into access_nonce_key (key) values ($1) on conflict (single) do nothing',
          [fresh],
        );
        const [row] = await transaction.query<{ key: Uint8Array }>('select key from access_nonce_key');
        if (row) key = Uint8Array.from(row.key);
      });
      return key;
    },

    isUsed: async (nonce) =>
      (await database.query('select nonce from access_nonces where nonce = $1', [nonce])).length > 0,

    async signIn({ nonce, usedUntil }, grant, refresh, now) {
      let used = false;
      await database.commit(async (transaction) => {
        await transaction.query('delete from access_nonces where expires_at < $1', [now]);
        const rows = await transaction.query(
          'insert into access_nonces (nonce, expires_at) values ($1, $2) on conflict do nothing returning nonce',
          [nonce, usedUntil],
        );
        used = rows.length === 1;
        if (!used) return;
        await transaction.query('delete from access_grants where expires_at < $1', [
          now - REMEMBERED_SECONDS,
        ]);
        await insertGrant(transaction, grant);
        await insertRefresh(transaction, refresh, grant.id);
      });
      return used;
    },

    async refresh(digest, next, now) {
      let refreshed: Refreshed | null = null;
      await database.commit(async (transaction) => {
        const fresh = await transaction.query<{ grant_id: string }>(
          'update access_refreshes set used_at = $2 where digest = $1 and used_at is null returning grant_id',
          [digest, now],
        );
        const known = await transaction.query<Row>(
          `select ${columns} from ${grants} where id = (select grant_id from access_refreshes where digest = $1)`,
          [digest],
        );
        const [row] = known;
        if (!row) return;
        refreshed = { grant: grantOf(row), fresh: fresh.length === 1 };
        if (refreshed.fresh) await insertRefresh(transaction, next, row.id);
        else await revoke(transaction, row.id, now);
      });
      return refreshed;
    },

    signOut: (digest, now) =>
      database.commit(async (transaction) => {
        await transaction.query(
          `update access_grants set revoked_at = $2 where revoked_at is null
           and id = (select grant_id from access_refreshes where digest = $1)`,
          [digest, now],
        );
      }),

    grant: async (id) => (await select('id = $1', [id]))[0] ?? null,

    keys: (subject, now) =>
      select(
        `kind = 'key' and subject = $1 and revoked_at is null and expires_at >= $2
         and (retires_at is null or retires_at >= $2) order by access_grants.created_at, id`,
        [subject, now],
      ),

    async revokeKey(subject, id, now) {
      let known = false;
      await database.commit(async (transaction) => {
        const rows = await transaction.query(
          "select id from access_grants where kind = 'key' and subject = $1 and id = $2",
          [subject, id],
        );
        known = rows.length === 1;
        if (known) await revoke(transaction, id, now);
      });
      return known;
    },
  };
}

/** The row of an API key or of a sign-in. */
export async function insertGrant(transaction: Transaction, grant: Grant): Promise<void> {
  const { id, kind, subject, name, root, secret, scopes, caveats, createdAt, expiresAt } = grant;
  await transaction.query(
    `insert into access_grants (id, kind, subject, name, root, secret, scopes, caveats, created_at, expires_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [
      ...[id, kind, subject, name, root, secret.number],
      ...[JSON.stringify(scopes), JSON.stringify(caveats), createdAt, expiresAt],
    ],
  );
}

const insertRefresh = (transaction: Transaction, digest: Uint8Array, grant: string) =>
  transaction.query('insert into access_refreshes (digest, grant_id) values ($1, $2)', [digest, grant]);

const revoke = (transaction: Transaction, id: string, now: Seconds) =>
  transaction.query('update access_grants set revoked_at = $2 where id = $1 and revoked_at is null', [
    id,
    now,
  ]);

/** Numbers of 8 bytes come as either, by their size. */
function grantOf({
  subject,
  root,
  created_at,
  expires_at,
  revoked_at,
  number,
  sealed,
  retires_at,
  ...row
}: Row): Grant {
  return {
    ...row,
    secret: secretOf({ number, sealed, retires_at }),
    subject: toAddress(subject),
    root: Uint8Array.from(root),
    createdAt: toSeconds(Number(created_at)),
    expiresAt: toSeconds(Number(expires_at)),
    revokedAt: revoked_at === null ? null : toSeconds(Number(revoked_at)),
  };
}
