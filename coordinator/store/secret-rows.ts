/** The secrets under which tokens are made, by their numbers; sealed, for the database is no place for them. docs/rotation.md */
import { toSeconds, type Seconds } from '#protocol/units.ts';
import type { Database } from './database.ts';

/** The highest number signs; others are believed until they retire. */
export type SecretRow = Readonly<{
  number: number;
  /** Null: of tokens that were made before there were secrets. */
  sealed: Uint8Array | null;
  /** Until when it is believed, itself included; null: for as long as nothing replaces it. */
  retiresAt: Seconds | null;
}>;

type Row = Readonly<{ number: number; sealed: Uint8Array | null; retires_at: number | null }>;

export type SecretRows = Readonly<{
  /** The one that signs. */
  current(): Promise<SecretRow>;
  /**
   * Puts another in the place of the one that signs, by all coordinators from then on.
   *
   * @param only where this number still signs; null: whatever does
   * @param retiresAt of all that were before, unless they retire earlier
   * @returns the one that signs now, whoever made it
   */
  replace(
    only: number | null,
    seal: (number: number) => Uint8Array,
    retiresAt: Seconds | null,
    now: Seconds,
  ): Promise<SecretRow>;
}>;

const signs = 'select number, sealed, retires_at from token_secrets order by number desc limit 1';

export function openSecretRows(database: Pick<Database, 'commit' | 'query'>): SecretRows {
  return {
    current: async () => only(await database.query<Row>(signs)),
    replace: (replaced, seal, retiresAt, now) =>
      database.commit(async ({ query, exec }) => {
        // One after the other, whoever rotates; readers are not held up.
        await exec('lock table token_secrets in share row exclusive mode');
        const current = only(await query<Row>(signs));
        if (replaced !== null && current.number !== replaced) return current;
        const number = current.number + 1;
        if (retiresAt !== null)
          await query('update token_secrets set retires_at = least(coalesce(retires_at, $1), $1)', [
            retiresAt,
          ]);
        const next = { number, sealed: seal(number), retiresAt: null };
        await query('insert into token_secrets (number, sealed, created_at) values ($1, $2, $3)', [
          ...[number, next.sealed, now],
        ]);
        return next;
      }),
  };
}

function only([row]: readonly Row[]): SecretRow {
  // Migrations wrote one.
  if (!row) throw new RangeError('the database has no secret for tokens');
  return secretOf(row);
}

export const secretOf = ({ number, sealed, retires_at }: Row): SecretRow => ({
  number,
  sealed: sealed && Uint8Array.from(sealed),
  retiresAt: retires_at === null ? null : toSeconds(retires_at),
});
