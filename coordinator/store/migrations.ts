/** The database's tables, in plain PostgreSQL; each step runs once, in order. */
import type { PGlite } from '@electric-sql/pglite';
import { TributaryError } from '#crypto/error.ts';

/** Never edited once released: a change is a new step. */
const steps: readonly string[] = [
  `create table jobs (
     job bigint primary key,
     state text not null check (state in ('active', 'finished', 'failed')),
     rounds integer not null,
     round integer not null,
     attempt integer not null
   );
   create table attempts (
     job bigint not null references jobs (job),
     round integer not null,
     attempt integer not null,
     revision bigint not null,
     phase text not null,
     state jsonb not null,
     primary key (job, round, attempt)
   );
   create table messages (
     job bigint not null,
     round integer not null,
     attempt integer not null,
     kind text not null,
     slot integer not null,
     body jsonb not null,
     received_at timestamptz not null default now(),
     primary key (job, round, attempt, kind, slot),
     foreign key (job, round, attempt) references attempts (job, round, attempt)
   );`,
  // What members send gets rows of its own; rules are written once; there are sparse graphs.
  `create table entries (
     job bigint not null,
     round integer not null,
     attempt integer not null,
     list text not null,
     slot integer not null,
     body jsonb not null,
     primary key (job, round, attempt, list, slot),
     foreign key (job, round, attempt) references attempts (job, round, attempt)
   );
   create table ciphertexts (
     job bigint not null,
     round integer not null,
     attempt integer not null,
     dealer integer not null,
     place integer not null,
     ciphertext text not null,
     primary key (job, round, attempt, dealer, place),
     foreign key (job, round, attempt) references attempts (job, round, attempt)
   );
   insert into entries
     select job, round, attempt, key,
       coalesce(entry->'message'->>'member', entry->'message'->>'seat', entry->>'seat')::int, entry
     from attempts, jsonb_each(state), jsonb_array_elements(case jsonb_typeof(value) when 'array' then value else '[]' end) as entry;
   insert into ciphertexts
     select job, round, attempt, slot, number - 1, text
     from messages, jsonb_array_elements_text(body->'ciphertexts') with ordinality as dealt (text, number)
     where kind = 'shares';
   delete from messages where kind = 'shares';
   alter table attempts add column rules jsonb;
   update attempts set rules = state->'rules' || '{"sparse": null}', state =
     (select jsonb_object_agg(key, case jsonb_typeof(value) when 'array' then '[]' else value end)
      from jsonb_each(state - 'rules'))
     || case when state ? 'roster' or phase = 'aborted' then '{"draw": null}' else '{}'::jsonb end
     || case when phase = 'aborted' then '{"onChain": "nothing"}' else '{}'::jsonb end;
   alter table attempts alter column rules set not null;`,
  // Jobs say who reads their evidence and how long it is kept; those from before it have the default.
  `update attempts set rules = rules || '{"evidence": {"readers": [], "retentionDays": 90}}';`,
  // What members open is kept with its paths: it proves a dealer's fault. Random bytes are not worth compressing.
  `create table openings (
     job bigint not null,
     round integer not null,
     attempt integer not null,
     holder integer not null,
     shares bytea not null,
     primary key (job, round, attempt, holder),
     foreign key (job, round, attempt) references attempts (job, round, attempt)
   );
   alter table openings alter column shares set storage external;
   update attempts set state = state || '{"fault": null}' where phase = 'failed';`,
  // Members say whose shares they can't open.
  `update attempts set state = state || '{"receipts": []}' where phase in ('masking', 'confirming');
   update attempts set state = state || '{"excluded": []}' where phase = 'masking';`,
  // A settled round may have to be posted again; the signatures of those from before are gone.
  `update attempts set state = state || '{"quorum": null}' where phase = 'settled';`,
  // Who may ask: nonces, sign-ins and API keys with the roots of their tokens, refresh tokens, and requests that may come again.
  `create table access_nonces (
     nonce text primary key,
     expires_at bigint not null,
     used_at bigint
   );
   create table access_grants (
     id text primary key,
     kind text not null check (kind in ('access', 'key')),
     subject text not null,
     name text not null,
     root bytea not null,
     scopes jsonb not null,
     caveats jsonb not null,
     created_at bigint not null,
     expires_at bigint not null,
     revoked_at bigint
   );
   create index access_grants_of on access_grants (subject);
   create table access_refreshes (
     digest bytea primary key,
     grant_id text not null references access_grants (id) on delete cascade,
     used_at bigint
   );
   create index access_refreshes_of on access_refreshes (grant_id);
   create table repeated_requests (
     subject text not null,
     operation text not null,
     key text not null,
     digest bytea not null,
     answer text not null,
     expires_at bigint not null,
     primary key (subject, operation, key)
   );`,
];

/** @throws TributaryError `database/newer` where a later version of this program has written here */
export async function migrate(database: PGlite): Promise<void> {
  await database.exec('create table if not exists migrations (step integer primary key)');
  const { rows } = await database.query<{ done: number }>('select count(*)::int as done from migrations');
  const done = rows[0]?.done ?? 0;
  if (done > steps.length) {
    throw new TributaryError(
      'database/newer',
      `the database was written by a later version (step ${done}, this one knows ${steps.length}): update the program`,
    );
  }
  for (const [index, step] of steps.entries()) {
    if (index < done) continue;
    await database.transaction(async (transaction) => {
      await transaction.exec(step);
      await transaction.query('insert into migrations (step) values ($1)', [index + 1]);
    });
  }
}
