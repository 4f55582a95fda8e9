/** Both engines behind one interface: what a test asks of the database, it asks of each. */
import type { Database, Transaction } from '#coordinator/store/database.ts';
import { openEmbedded } from '#coordinator/store/embedded-database.ts';
import { openServer } from '#coordinator/store/server-database.ts';
import { postgresOrSkip, type Postgres } from '#test/support/postgres.ts';
import { newFolder, preparedDatabase, removeFolder } from './folder.ts';

export type TestDatabase = Readonly<{
  /** Opens it, as often as it was closed. */
  open(): Promise<Database>;
  remove(): Promise<void>;
}>;

export type TestEngine = Readonly<{
  name: string;
  /** An empty database. */
  create(): Promise<TestDatabase>;
}>;

/** Registers the same tests for each engine; a server that is not to be had skips its own. */
export function onEachEngine(title: string, tests: (engine: TestEngine) => void): void {
  describe(`${title}, embedded`, () => tests({ name: 'embedded', create: embedded }));

  describe(`${title}, on a PostgreSQL server`, () => {
    let server: Postgres;
    before(async function () {
      this.timeout(60_000);
      server = await postgresOrSkip(this);
    });
    after(() => (server as Postgres | undefined)?.stop());
    tests({
      name: 'postgresql',
      async create() {
        const url = await server.create();
        return { open: () => openServer(url), remove: () => Promise.resolve() };
      },
    });
  });
}

async function embedded(): Promise<TestDatabase> {
  const folder = await newFolder();
  return {
    open: () => openEmbedded({ folder, prepared: preparedDatabase() }),
    remove: () => removeFolder(folder),
  };
}

/** A database whose commits do something more, or see what is written. */
export const watched = (database: Database, watch: (transaction: Transaction) => Transaction): Database => ({
  ...database,
  commit: (work) => database.commit((transaction) => work(watch(transaction))),
});
