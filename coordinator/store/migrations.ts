/** The database's tables, in plain PostgreSQL; each step runs once, in order. */
import { TributaryError } from '#crypto/error.ts';
import type { Database, Query } from './database.ts';

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
  // Transactions are on disk before they are sent, and stay there: their numbers, and every signed form of them.
  `create table transaction_accounts (
     chain bigint not null,
     account text not null,
     primary key (chain, account)
   );
   create table transactions (
     id bigint generated always as identity primary key,
     chain bigint not null,
     account text not null,
     nonce bigint not null,
     purpose text not null,
     call jsonb not null,
     gas bigint not null,
     versions jsonb not null,
     state text not null check (state in ('planned', 'sent', 'mined', 'deep', 'dropped')),
     inclusion jsonb,
     first_sent_at bigint,
     dropped text,
     foreign key (chain, account) references transaction_accounts (chain, account),
     check ((state in ('mined', 'deep')) = (inclusion is not null)),
     check ((state = 'dropped') = (dropped is not null))
   );
   create unique index transaction_nonces on transactions (chain, account, nonce) where state <> 'dropped';
   create unique index transactions_under_way on transactions (chain, account, purpose)
     where state in ('planned', 'sent', 'mined');`,
  // Several coordinators may share a database: each sees by the version that another has changed a job, and all are one account's.
  `alter table jobs add column version bigint not null default 1;
   alter table entries add column version bigint not null default 0;
   create table coordinator (
     chain_id bigint not null,
     escrow text not null,
     address text not null,
     blobs text,
     single boolean primary key default true check (single)
   );`,
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
  // What each caller used in a day of UTC: its quota is one over all coordinators.
  `create table quota_days (
     day integer not null,
     holder text not null,
     requests bigint not null,
     bytes bigint not null,
     primary key (day, holder)
    );`,
  // A nonce has a row only once it is used; until then the key of all of them tells that it is the coordinator's.
  `delete from access_nonces;
   alter table access_nonces drop column used_at;
   create table access_nonce_key (
      key bytea not null,
      single boolean primary key default true check (single)
   );`,
  // Roots count only together with a secret that is sealed; number 0 is that of what was made before, which had none.
  `create table token_secrets (
     number integer primary key,
     sealed bytea,
     created_at bigint not null,
     retires_at bigint
   );
   insert into token_secrets (number, created_at) values (0, 0);
   alter table access_grants add column secret integer not null default 0 references token_secrets (number);`,
  // What followers are told of jobs, in a stream a job; and the webhooks of accounts, with what is to be sent to them.
  `alter table jobs add column event_stream text not null
       default substr(replace(gen_random_uuid()::text, '-', ''), 1, 12);
   alter table jobs add column last_event bigint not null default 0;
   create table job_events (
     job bigint not null references jobs (job),
     number bigint not null,
     body jsonb not null,
     note text,
     primary key (job, number)
   );
   create unique index job_events_noted on job_events (job, note) where note is not null;
   create table webhooks (
     id text primary key,
     account text not null,
     url text not null,
     job bigint,
     secret bytea not null,
     former_secret bytea,
     former_until bigint,
     created_at bigint not null
   );
   create index webhooks_of on webhooks (account);
   create table webhook_deliveries (
     number bigint generated always as identity primary key,
     id text not null unique default 'msg_' || replace(gen_random_uuid()::text, '-', ''),
     webhook text not null references webhooks (id) on delete cascade,
     job bigint not null,
     type text not null,
     body text not null,
     tries integer not null default 0,
     due_at bigint not null,
     created_at bigint not null,
     failure text,
     died_at bigint
   );
   create index webhook_deliveries_due on webhook_deliveries (due_at) where died_at is null;
   create index webhook_deliveries_of on webhook_deliveries (webhook);`,
];

/** How many there are. */
export const knownSteps = steps.length;

/** How many a database has behind it. */
export async function stepOf(query: Query): Promise<number> {
  const [row] = await query<{ done: number }>('select count(*)::int as done from migrations');
  return row?.done ?? 0;
}

/** One at a time: coordinators that start at once would else make the same tables. */
const lock = "select pg_advisory_xact_lock(hashtextextended('tributary/migrations/' || current_schema(), 0))";

/**
 * Brings a database up to date, all of it or nothing.
 *
 * @param upTo the last step to take; a test stops before it, to have what an earlier version wrote
 * @throws TributaryError `database/newer` where a later version of this program has written here
 */
export async function migrate(commit: Database['commit'], upTo = steps.length): Promise<void> {
  await commit(async (transaction) => {
    await transaction.query(lock);
    await transaction.exec('create table if not exists migrations (step integer primary key)');
    const done = await stepOf(transaction.query);
    if (done > steps.length) {
      throw new TributaryError(
        'database/newer',
        `the database was written by a later version (step ${done}, this one knows ${steps.length}): update the program`,
      );
    }
    for (const [index, step] of steps.slice(0, upTo).entries()) {
      if (index < done) continue;
      await transaction.exec(step);
      await transaction.query('insert into migrations (step) values ($1)', [index + 1]);
    }
  });
}
