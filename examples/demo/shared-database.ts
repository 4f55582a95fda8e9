/** A schema of the story's own in the PostgreSQL database that the operator names, gone with the story. */
import { randomBytes } from 'node:crypto';
import pg from 'pg';

export type SharedDatabase = Readonly<{
  /** For the coordinators: with a password in it, so it is for their environment alone. */
  url: string;
  /** Whose connections hold the lock of a job: the instance, of these; null for none. */
  holder(instances: readonly string[]): Promise<string | null>;
  stop(): Promise<void>;
}>;

export async function openSharedDatabase(server: string): Promise<SharedDatabase> {
  const schema = `tributary_demo_${randomBytes(5).toString('hex')}`;
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  await client.query(`create schema ${schema}`);
  const url = new URL(server);
  url.searchParams.set('options', `-c search_path=${schema}`);
  return {
    url: url.href,
    async holder(instances) {
      const { rows } = await client.query<{ name: string }>(
        "select application_name as name from pg_locks join pg_stat_activity using (pid) where locktype = 'advisory'",
      );
      return instances.find((instance) => rows.some(({ name }) => name.endsWith(instance))) ?? null;
    },
    async stop() {
      await client.query(`drop schema ${schema} cascade`);
      await client.end();
    },
  };
}
